import { Option } from '@commander-js/extra-typings';
import { FACT_KINDS, type FactKind } from '../../../schemas/webhooks.ts';
import { CommandError, commandLine } from '../../cli/command.ts';
import { instantMs } from '../../cli/values.ts';
import { FACT_TABLES } from '../../persist/tables.ts';

const KIND_OF_VIEW: ReadonlyMap<string, FactKind> = new Map(
  FACT_KINDS.map((kind) => [FACT_TABLES[kind].replace(/_rows$/, ''), kind]),
);
const VIEWS = [...KIND_OF_VIEW.keys()];

const INTERRUPTED = `
Deploy the consumer's new code first: it writes the rows of new events. Interrupted, --table leaves the table as it was,
and --unrecognized leaves what it did by then: run it again for the rest.

With --unrecognized, an event that today's code recognizes becomes a fact under its own id and place. One that stands in
events already under its natural id is a redelivery, and is left as it is. If the vendor delivers it once more later, or
the topic is read again from an earlier offset, run it again: it takes back what is counted twice. The Worker's /status
goes on counting such events as unrecognized.
`;

/** The events that are looked at. */
export interface Extent {
  /** Received at or after it, milliseconds since 1970. */
  readonly fromMs: number | undefined;
  /** Received before it. */
  readonly toMs: number | undefined;
  readonly app: string | undefined;
}

/** What is rebuilt: the events of a kind, all or those of a time and an app. */
export interface Scope extends Extent {
  readonly kind: FactKind;
  /** The table of rows, such as `sessions_rows`. */
  readonly table: string;
}

/** What is to be done: a table anew, or facts of what nobody recognized when it came. */
export type Target =
  | { readonly what: 'table'; readonly scope: Scope }
  | { readonly what: 'unrecognized'; readonly extent: Extent };

export interface RebuildOptions {
  readonly target: Target;
  readonly isApply: boolean;
  readonly isJson: boolean;
}

/** Reads the command line. @throws CommanderError, CommandError */
export function readOptions(args: readonly string[]): RebuildOptions {
  const { table, from, to, app, ...how } = command().parse(args, { from: 'user' }).opts();
  const { unrecognized = false, apply = false, json = false } = how;
  if (from !== undefined && to !== undefined && from >= to) {
    throw new CommandError('--from must be before --to');
  }
  if ((table === undefined) !== unrecognized) {
    throw new CommandError('Say what to rebuild: --table <table>, or --unrecognized.');
  }
  const extent = { fromMs: from, toMs: to, app };
  return { target: targetOf(table, extent), isApply: apply, isJson: json };
}

function targetOf(table: string | undefined, extent: Extent): Target {
  if (table === undefined) return { what: 'unrecognized', extent };
  const kind = KIND_OF_VIEW.get(table);
  if (kind === undefined) throw new TypeError(`${table} is among the choices, and has no kind`);
  return { what: 'table', scope: { ...extent, kind, table: FACT_TABLES[kind] } };
}

function command() {
  const received = 'events received';
  return commandLine(
    'rebuild',
    'Normalizes again from events, with the code as it is now, and says what would change in a table.',
  )
    .addOption(new Option('--table <table>', 'the table').choices(VIEWS))
    .option('--unrecognized', 'make facts of the unrecognized events that the code recognizes now')
    .option(
      '--from <time>',
      `${received} from then on, such as 2026-03-01 or 2026-03-01T09:30:00Z`,
      instantMs,
    )
    .option('--to <time>', `${received} before then`, instantMs)
    .option('--app <id>', 'events of one app')
    .option('--apply', 'do it, while the consumer runs')
    .option('--json', 'one JSON object')
    .addHelpText('after', INTERRUPTED);
}
