// Reads the file, and refuses it as a whole for the first line that is no reading.
import { InvalidFormat, isUnit, type Reading } from './readings.ts';

const HEADER = 'meter,time,value,unit';

export async function handler({ text }: { text: string }): Promise<Reading[]> {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  if (header !== HEADER) throw new InvalidFormat(`The first line must be ${HEADER}.`);
  if (lines.length === 0) throw new InvalidFormat('There are no readings.');
  return lines.map((line, index) => readingOf(line, index + 2));
}

function readingOf(line: string, number: number): Reading {
  const [meter = '', time = '', value = '', unit = ''] = line.split(',');
  const reading = { meter, time, value: Number(value) };
  const isRight = meter !== '' && !Number.isNaN(Date.parse(time)) && value !== '' && Number.isFinite(reading.value);
  if (!isRight || !isUnit(unit)) throw new InvalidFormat(`Line ${number} is no reading: ${line}`);
  return { ...reading, unit };
}
