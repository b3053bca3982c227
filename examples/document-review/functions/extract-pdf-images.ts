// The grey images of a document.
import { type Dropped, streamsOf } from './pdf.ts';

export interface Image {
  /** 1 for the first of the document. */
  number: number;
  width: number;
  height: number;
  /** 0 is white, 1 is black. */
  darkness: number;
}

export async function handler(dropped: Dropped): Promise<Image[]> {
  const streams = await streamsOf(dropped);
  const images = streams.filter(({ dictionary }) => dictionary.includes('/Subtype /Image'));
  return images.map(({ dictionary, content }, index) => ({
    number: index + 1,
    width: numberAfter('/Width', dictionary),
    height: numberAfter('/Height', dictionary),
    darkness: 1 - content.reduce((sum, grey) => sum + grey, 0) / (255 * Math.max(content.length, 1)),
  }));
}

function numberAfter(name: string, dictionary: string): number {
  return Number(new RegExp(`${name} (\\d+)`).exec(dictionary)?.[1]);
}
