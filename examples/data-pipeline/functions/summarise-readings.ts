// What the announcement says of the file.
import { kilowattHours, type Reading } from './readings.ts';

export async function handler({ readings }: { readings: Reading[] }): Promise<{ meters: number; total: number }> {
  const total = readings.reduce((sum, reading) => sum + kilowattHours(reading), 0);
  return { meters: new Set(readings.map(({ meter }) => meter)).size, total };
}
