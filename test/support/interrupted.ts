import type { ClickHouseClient } from '@clickhouse/client';

const STATEMENTS = ['query', 'command', 'insert'] as const;

/** The client's method that a statement goes by. */
export type Statement = (typeof STATEMENTS)[number];

/** A client before each of whose statements something happens; what that throws ends whatever was to go on. */
export function interrupted(
  client: ClickHouseClient,
  meanwhile: (statement: Statement) => Promise<void>,
): ClickHouseClient {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      const statement = STATEMENTS.find((each) => each === name);
      if (statement === undefined) return value;
      return async (...given: unknown[]) => {
        await meanwhile(statement);
        return value.apply(target, given);
      };
    },
  });
}
