/** Examples of each sort of change. */
export const SAMPLES = 3;

/** A row before and after, each column as JSON text by its name; null where there is none. */
export interface Sample {
  readonly event_id: string;
  readonly before: Readonly<Record<string, string>> | null;
  readonly after: Readonly<Record<string, string>> | null;
}

/** What changes in the rows of a table. */
export interface Difference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** How often each column changes, among the changed rows. */
  readonly columns: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
}

/** Nothing changes. */
export const SAME: Difference = { added: 0, removed: 0, changed: 0, columns: {}, samples: [] };

/** Two differences of other rows in one; as many samples of each sort as one has. */
export function sum(one: Difference, other: Difference): Difference {
  const columns = { ...one.columns };
  for (const [name, times] of Object.entries(other.columns)) columns[name] = (columns[name] ?? 0) + times;
  const samples = [...one.samples, ...other.samples];
  const sort = ({ before, after }: Sample) => `${before === null}${after === null}`;
  return {
    added: one.added + other.added,
    removed: one.removed + other.removed,
    changed: one.changed + other.changed,
    columns,
    samples: [...Map.groupBy(samples, sort).values()].flatMap((group) => group.slice(0, SAMPLES)),
  };
}
