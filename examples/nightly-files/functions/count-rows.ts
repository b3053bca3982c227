// Counts the rows of a CSV file below its heading; each must have as many fields as the heading.

class BrokenFile extends Error {
  override name = 'BrokenFile';
}

export async function handler({ file, text }: { file: string; text: string }) {
  const [heading = '', ...rows] = text.trim().split('\n');
  const columns = heading.split(',').length;
  const broken = rows.findIndex((row) => row.split(',').length !== columns);
  if (broken >= 0) throw new BrokenFile(`Row ${broken + 1} of ${file} does not have ${columns} fields.`);
  return { file, rows: rows.length };
}
