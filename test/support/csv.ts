/** The fields of each line of a CSV file, header included; without its byte order mark. */
export function parseCsv(text: string): string[][] {
  const field = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/y;
  const lines: string[][] = [[]];
  field.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  for (let found = field.exec(text); found !== null; found = field.exec(text)) {
    const [, raw = '', end] = found;
    lines.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\r\n') lines.push([]);
  }
  return lines.slice(0, -1);
}
