// One line about all files, in the order of the branches.

export async function handler({ files }: { files: { file: string; rows: number }[] }) {
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  return { total, text: files.map(({ file, rows }) => `${file}: ${rows}`).join(', ') };
}
