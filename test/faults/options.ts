import { CommandError, commandLine } from '../../consumer/cli/command.ts';
import { positiveNumber, wholeNumber } from '../../consumer/cli/values.ts';
import { FAULTS } from './catalogue/all.ts';

/** Reads the command's options. @throws CommanderError; CommandError with the faults' names when none is meant */
export function readOptions(args: readonly string[]) {
  const seed = Date.now() % 1_000_000;
  const options = commandLine('test:faults', 'Tries every fault on the real parts and says what was lost.')
    .option('--seed <n>', 'another seed is another order, and other moments', wholeNumber(), seed)
    .option('--rounds <n>', 'how often each fault is tried', wholeNumber({ from: 1 }), 1)
    .option('--minutes <n>', 'begins no fault after so long', positiveNumber)
    .option('--only <name>', 'those with this in their name', '')
    .option('--write <file>', 'writes the report as a page')
    .parse(args, { from: 'user' })
    .opts();
  if (!FAULTS.some(({ name }) => name.includes(options.only))) {
    const names = FAULTS.map(({ name }) => `  ${name}`).join('\n');
    throw new CommandError(`--only ${options.only}: no fault's name has that in it. They are:\n${names}`);
  }
  return options;
}
