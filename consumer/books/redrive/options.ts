import { parseArgs } from 'node:util';
import { KINDS } from '../../../schemas/webhooks.ts';
import { CommandError, instantOption } from '../../cli/command.ts';

export const USAGE = `npm run redrive -- [selection] [--dry-run] [--wait seconds] [--json]

Sends open dead letters through again, to the topics they came by, and says what became of each. Without a selection
it lists the open ones.

  --id ID          this one; may be given several times
  --reason TEXT    those whose reason contains this text
  --since TIME     those that failed at or after it, such as 2026-03-01 or 2026-03-01T09:30:00Z
  --stage STAGE    decode, normalize or insert
  --app APP        those of one app
  --kind KIND      ${KINDS.join(', ')}
  --all            every open one that fits the other conditions
  --dry-run        say which would be sent, and send none
  --wait SECONDS   how long to wait for the consumer without any news (30)
  --json           one JSON object per line

Several conditions narrow the selection. Exit code 0 when all that was asked for stands in its table, 1 otherwise.`;

const STAGES: readonly string[] = ['decode', 'normalize', 'insert'];
const DEFAULT_WAIT_S = '30';

/** Which open dead letters are meant; what is undefined does not narrow. */
export interface Selection {
  readonly ids: readonly string[] | undefined;
  readonly reason: string | undefined;
  /** Milliseconds since 1970. */
  readonly sinceMs: number | undefined;
  readonly stage: string | undefined;
  readonly app: string | undefined;
  readonly kind: string | undefined;
}

export interface RedriveOptions {
  readonly selection: Selection;
  /** Nothing was selected: the open ones are listed. */
  readonly isListing: boolean;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
  readonly isHelp: boolean;
  readonly waitMs: number;
}

/** Reads the command line. @throws CommandError, or what parseArgs throws */
export function readOptions(args: readonly string[]): RedriveOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      id: { type: 'string', multiple: true },
      reason: { type: 'string' },
      since: { type: 'string' },
      stage: { type: 'string' },
      app: { type: 'string' },
      kind: { type: 'string' },
      all: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      wait: { type: 'string', default: DEFAULT_WAIT_S },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const selection = {
    ids: values.id,
    reason: values.reason,
    sinceMs: values.since === undefined ? undefined : instantOption('since', values.since),
    stage: oneOf('stage', values.stage, STAGES),
    app: values.app,
    kind: oneOf('kind', values.kind, KINDS),
  };
  const isNarrowed = Object.values(selection).some((value) => value !== undefined);
  if (!/^\d{1,5}$/.test(values.wait)) throw new CommandError('--wait must be a number of seconds');
  return {
    selection,
    isListing: !isNarrowed && !values.all,
    isDryRun: values['dry-run'],
    isJson: values.json,
    isHelp: values.help,
    waitMs: Number(values.wait) * 1_000,
  };
}

function oneOf(name: string, value: string | undefined, known: readonly string[]): string | undefined {
  if (value === undefined || known.includes(value)) return value;
  throw new CommandError(`--${name} must be one of ${known.join(', ')}`);
}
