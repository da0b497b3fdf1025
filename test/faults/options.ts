import { parseArgs } from 'node:util';
import { type } from 'arktype';
import { FAULTS } from './catalogue/all.ts';

const options = type({
  seed: type('string.integer.parse').to('number >= 0'),
  rounds: type('string.integer.parse').to('number > 0'),
  'minutes?': type('string.numeric.parse').to('number > 0'),
  only: 'string',
  'write?': 'string > 0',
});

const USAGE = 'npm run test:faults -- [--seed N] [--rounds N] [--minutes M] [--only name] [--write file]';

/** Reads the command's options; ends the process, and says how it is called, when one is wrong. */
export function readOptions(args: string[]): typeof options.infer {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        rounds: { type: 'string', default: '1' },
        minutes: { type: 'string' },
        only: { type: 'string', default: '' },
        write: { type: 'string' },
      },
    });
    const read = options.assert({ ...values });
    if (!FAULTS.some(({ name }) => name.includes(read.only))) {
      const names = FAULTS.map(({ name }) => `  ${name}`).join('\n');
      throw new Error(`--only ${read.only}: no fault's name has that in it. They are:\n${names}`);
    }
    return read;
  } catch (fault) {
    console.error(`${fault instanceof Error ? fault.message : fault}\n${USAGE}`);
    process.exit(2);
  }
}
