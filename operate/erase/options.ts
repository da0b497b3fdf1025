import { readFileSync } from 'node:fs';
import { CommandError, commandLine } from '../../consumer/cli/command.ts';
import { waitSeconds } from '../../consumer/cli/values.ts';

const EXPLANATION = `
Who is meant: the customer whose id stands in customer_id or sender_id of the tables, or in the payloads where those have
it (user id, e-mail address, phone number), with the other ids that their own messages name. Rooms that no other customer
wrote in are theirs alone: all events of these are erased as well.

What stays: that there was an event of its kind, when, in which room and by which agent. Numbers stay right, and npm run
audit balanced. Mentions within what others wrote are not looked for.

It may be killed at any moment, and run again. Exit code 0: nothing of them is left but on Kafka, until the time that is
told. 1: not, or not yet; run it again.
`;

/** What is to be done. */
export interface EraseOptions {
  readonly app: string;
  readonly customer: string;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
  readonly waitMs: number;
}

/** Reads the command line. @throws CommanderError, CommandError */
export function readOptions(args: readonly string[]): EraseOptions {
  const {
    app,
    customer,
    wait,
    dryRun = false,
    json = false,
  } = command().parse(args, { from: 'user' }).opts();
  const id = customer === '-' ? readFileSync(0, 'utf8').trim() : customer.trim();
  // 0 and the like stand for nobody in particular, and would be everybody.
  if (/^(0*|null|undefined|nan)$/i.test(id)) throw new CommandError('--customer must be the id of somebody.');
  return { app, customer: id, isDryRun: dryRun, isJson: json, waitMs: wait * 1_000 };
}

function command() {
  return commandLine(
    'erase',
    'Removes a customer from tables, dead letters and outboxes, and proves it by a count.',
  )
    .requiredOption('--app <id>', 'the app')
    .requiredOption(
      '--customer <id>',
      'the id as the tables have it; - reads it from standard input, out of every log',
    )
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--wait <seconds>', 'wait so long for what is on its way through Kafka', waitSeconds, 30)
    .option('--json', 'one JSON object')
    .addHelpText('after', EXPLANATION);
}
