// Brings every reading into one unit.
import { kilowattHours, type LoadedReading, type Reading } from './readings.ts';

export async function handler({ readings }: { readings: Reading[] }): Promise<LoadedReading[]> {
  return readings.map((reading) => ({
    meter: reading.meter,
    time: reading.time,
    kilowattHours: kilowattHours(reading),
  }));
}
