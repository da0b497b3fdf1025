/** Tells the user of a change, in one line. */
export type Report = (name: string, line: string) => void;

const NAME_WIDTH = 10;

/** Writes lines such as `12:00:01 kafka      is up at 127.0.0.1:9092` to the terminal, or to where it is piped. */
export const reportLine: Report = (name, line) => {
  const time = new Date().toTimeString().slice(0, 8);
  process.stdout.write(`${time} ${name.padEnd(NAME_WIDTH)} ${line}\n`);
};

/** A closed terminal must not end the supervisor before it has ended what it started. */
export function survivePipeEnd(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
