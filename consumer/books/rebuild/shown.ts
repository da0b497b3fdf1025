import { FACT_KINDS } from '../../../schemas/webhooks.ts';
import { AGENT_COLUMNS, PERSONAL_COLUMNS } from '../../persist/personal-columns.ts';
import type { Sample } from './difference.ts';

const HIDDEN: ReadonlySet<string> = new Set([
  ...FACT_KINDS.flatMap((kind) => Object.keys(PERSONAL_COLUMNS[kind])),
  ...AGENT_COLUMNS,
]);
const EMPTY: ReadonlySet<string> = new Set(['""', '{}', '[]', '"0"', '0']);
const SOME = '"…"';
const OTHER = '"… another"';

/**
 * An example as a report may show it: of what is personal, whether there is any and whether it changes. Reports go into
 * terminals' histories and tickets; the event's id leads to all of it.
 */
export function shown({ event_id, before, after }: Sample): Sample {
  return {
    event_id,
    before: before && hidden(before, () => SOME),
    after:
      after && hidden(after, (name, value) => (before === null || before[name] === value ? SOME : OTHER)),
  };
}

function hidden(
  row: Readonly<Record<string, string>>,
  hide: (name: string, value: string) => string,
): Readonly<Record<string, string>> {
  const columns = Object.entries(row).map(([name, value]) => {
    const isHidden = HIDDEN.has(name) && !EMPTY.has(value);
    return [name, isHidden ? hide(name, value) : value] as const;
  });
  return Object.fromEntries(columns);
}
