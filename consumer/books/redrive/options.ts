import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { KINDS } from '../../../schemas/webhooks.ts';
import { CommandError, commandLine } from '../../cli/command.ts';
import { instantMs, waitSeconds } from '../../cli/values.ts';

const EXPLANATION = `
Several conditions narrow the selection. Exit code 0 when all that was asked for stands in its table, or is dismissed,
1 otherwise.

A dismissed one is closed without its event: no alert counts it, npm run audit tells it in a number of its own, and the
listing shows why, by whom and when. It is open again when the same message fails once more, or when it is sent through
again by its --id.
`;

const STAGES = ['decode', 'normalize', 'insert'] as const;

/** Which open dead letters are meant; what is undefined does not narrow. */
export interface Selection {
  readonly ids: readonly string[] | undefined;
  readonly reason: string | undefined;
  /** Milliseconds since 1970. */
  readonly sinceMs: number | undefined;
  readonly stage: string | undefined;
  readonly app: string | undefined;
  readonly kind: string | undefined;
  /** Those that were dismissed as well, which nobody means who does not name them. */
  readonly withDismissed: boolean;
}

export interface RedriveOptions {
  readonly selection: Selection;
  /** Nothing was selected: the open ones are listed. */
  readonly isListing: boolean;
  /** Why the selected ones are dismissed instead of sent; undefined when they are to be sent. */
  readonly dismissedBecause: string | undefined;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
  readonly waitMs: number;
}

/** Reads the command line. @throws CommanderError, CommandError */
export function readOptions(args: readonly string[]): RedriveOptions {
  const { id, since, reason, stage, app, kind, ...how } = command().parse(args, { from: 'user' }).opts();
  const { wait, all = false, dryRun = false, json = false, dismiss } = how;
  const narrowing = { ids: id, reason, sinceMs: since, stage, app, kind };
  const isListing = !all && Object.values(narrowing).every((value) => value === undefined);
  if (isListing && dismiss !== undefined) {
    throw new CommandError('--dismiss needs to know which: add --id, --reason, --since, … or --all.');
  }
  const withDismissed = id !== undefined && dismiss === undefined;
  return {
    selection: { ...narrowing, withDismissed },
    isListing,
    dismissedBecause: dismiss,
    isDryRun: dryRun,
    isJson: json,
    waitMs: wait * 1_000,
  };
}

function command() {
  return commandLine(
    'redrive',
    'Sends open dead letters through again, to the topics they came by, and says what became of each. ' +
      'Without a selection it lists the open ones.',
  )
    .option('--id <id>', 'this one; may be given several times', several)
    .option('--reason <text>', 'those whose reason contains this text')
    .option('--since <time>', 'failed then or later, such as 2026-03-01 or 2026-03-01T09:30:00Z', instantMs)
    .addOption(new Option('--stage <stage>', 'where they failed').choices(STAGES))
    .option('--app <id>', 'those of one app')
    .addOption(new Option('--kind <kind>', 'those of one kind').choices(KINDS))
    .option('--all', 'every open one that fits the other conditions')
    .option('--dismiss <why>', 'close them without their events instead, and keep why', someWords)
    .option('--dry-run', 'say which would be sent or dismissed, and do neither')
    .option('--wait <seconds>', 'wait for news of the consumer so long', waitSeconds, 30)
    .option('--json', 'one JSON object per line')
    .addHelpText('after', EXPLANATION);
}

const several = (id: string, before: readonly string[] = []) => [...before, id];

function someWords(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('It must say why, in some words.');
}
