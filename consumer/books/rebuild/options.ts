import { parseArgs } from 'node:util';
import { FACT_KINDS, type FactKind } from '../../../schemas/webhooks.ts';
import { CommandError, instantOption } from '../../cli/command.ts';
import { FACT_TABLES } from '../../persist/tables.ts';

const viewOf = (kind: FactKind) => FACT_TABLES[kind].replace(/_rows$/, '');
const VIEWS = FACT_KINDS.map(viewOf).join(', ');

export const USAGE = `npm run rebuild -- --table TABLE [--from TIME] [--to TIME] [--app APP] [--apply] [--json]

Normalizes again from events, with the code as it is now, and says what would change in a table.

  --table TABLE    ${VIEWS}
  --from, --to     only events received from then on, and before then, such as 2026-03-01 or 2026-03-01T09:30:00Z
  --app APP        only events of one app
  --apply          put the new rows in the place of the old ones, while the consumer runs
  --json           one JSON object

Interrupted, it leaves the table as it was. Deploy the consumer's new code first: it writes the rows of new events.`;

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

/** Reads the command line; undefined when only help is wanted. @throws CommandError, or what parseArgs throws */
export function readOptions(args: readonly string[]): RebuildOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      table: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      app: { type: 'string' },
      apply: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const kind = FACT_KINDS.find((each) => viewOf(each) === values.table?.replace(/_rows$/, ''));
  if (kind === undefined) throw new CommandError(`--table must be one of ${VIEWS}`);
  const fromMs = values.from === undefined ? undefined : instantOption('from', values.from);
  const toMs = values.to === undefined ? undefined : instantOption('to', values.to);
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw new CommandError('--from must be before --to');
  }
  const scope = { kind, table: FACT_TABLES[kind], fromMs, toMs, app: values.app };
  return { scope, isApply: values.apply, isJson: values.json };
}
