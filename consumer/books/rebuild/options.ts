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
Interrupted, it leaves the table as it was. Deploy the consumer's new code first: it writes the rows of new events.
`;

/** What is rebuilt: the events of a kind, all or those of a time and an app. */
export interface Scope {
  readonly kind: FactKind;
  /** The table of rows, such as `sessions_rows`. */
  readonly table: string;
  /** Received at or after it, milliseconds since 1970. */
  readonly fromMs: number | undefined;
  /** Received before it. */
  readonly toMs: number | undefined;
  readonly app: string | undefined;
}

export interface RebuildOptions {
  readonly scope: Scope;
  readonly isApply: boolean;
  readonly isJson: boolean;
}

/** Reads the command line. @throws CommanderError, CommandError */
export function readOptions(args: readonly string[]): RebuildOptions {
  const received = 'events received';
  const {
    table,
    from,
    to,
    app,
    apply = false,
    json = false,
  } = commandLine(
    'rebuild',
    'Normalizes again from events, with the code as it is now, and says what would change in a table.',
  )
    .addOption(new Option('--table <table>', 'the table').choices(VIEWS).makeOptionMandatory())
    .option(
      '--from <time>',
      `${received} from then on, such as 2026-03-01 or 2026-03-01T09:30:00Z`,
      instantMs,
    )
    .option('--to <time>', `${received} before then`, instantMs)
    .option('--app <id>', 'events of one app')
    .option('--apply', 'put the new rows in the place of the old ones, while the consumer runs')
    .option('--json', 'one JSON object')
    .addHelpText('after', INTERRUPTED)
    .parse(args, { from: 'user' })
    .opts();
  if (from !== undefined && to !== undefined && from >= to) {
    throw new CommandError('--from must be before --to');
  }
  const kind = KIND_OF_VIEW.get(table);
  if (kind === undefined) throw new TypeError(`${table} is among the choices, and has no kind`);
  const scope = { kind, table: FACT_TABLES[kind], fromMs: from, toMs: to, app };
  return { scope, isApply: apply, isJson: json };
}
