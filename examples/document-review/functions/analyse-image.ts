// Whether an image is offensive. A real one asks Amazon Rekognition (DetectModerationLabels); here it is what is all black.
import type { Image } from './extract-pdf-images.ts';

export interface Verdict {
  offensive: boolean;
  what: string;
}

export async function handler({ number, darkness }: Image): Promise<Verdict> {
  const offensive = darkness > 0.9;
  return { offensive, what: `image ${number} is ${offensive ? 'too dark' : 'harmless'}` };
}
