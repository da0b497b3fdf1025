import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import dashboard from '../../local/grafana/dashboards/support.json' with { type: 'json' };
import type { Database } from '../support/clickhouse.ts';
import { ROOT } from '../support/environment.ts';
import { databaseOfAWeek, WEEK } from './insert.ts';
import { testReader } from './serve.ts';

const FORMAT_TIMESERIES = 0;
const INTERVAL_SECONDS = 3_600;

/**
 * SQL as Grafana and version 4 of the ClickHouse plugin send it: the macros as the plugin's pkg/macros expands them for
 * the week and an interval of an hour, the variables as Grafana's formats write them, here with several values.
 */
function expanded(sql: string): string {
  const seconds = (time: number) => `toDateTime(${Math.floor(time / 1000)})`;
  const [from, to] = [seconds(WEEK.end.getTime() - WEEK.days * 86_400_000), seconds(WEEK.end.getTime())];
  return sql
    .replace(/\$__timeFilter\((\w+)\)/g, `$1 >= ${from} AND $1 <= ${to}`)
    .replace(
      /\$__timeInterval\((\w+)\)/g,
      `toStartOfInterval(toDateTime($1), INTERVAL ${INTERVAL_SECONDS} second)`,
    )
    .replaceAll('$__fromTime', from)
    .replaceAll('$__toTime', to)
    .replaceAll(/\$\{app:sqlstring\}/g, "'demo','shop'")
    .replaceAll(/\$\{channel:sqlstring\}/g, "'wa','qiscus','ig','fb','line'")
    .replaceAll(/\$\{tz\}/g, 'Asia/Jakarta');
}

let database: Database;
beforeAll(async () => {
  database = await databaseOfAWeek();
});

interface Told {
  readonly meta: { name: string; type: string }[];
  readonly data: unknown[];
}

/** What a query answers to the user that Grafana reads as. */
async function told(sql: string): Promise<Told> {
  const result = await testReader(database).query({ query: sql, format: 'JSONCompact' });
  return result.json() as Promise<Told>;
}

describe('every panel', () => {
  const targets = dashboard.panels.flatMap(({ title, targets }) =>
    targets.map((target) => ({ title, target })),
  );

  test.each(targets)('$title: its SQL runs as the reader, and answers', async ({ target }) => {
    const sql = expanded(target.rawSql);
    expect(sql).not.toMatch(/\$/);
    const { meta, data } = await told(sql);
    expect(data.length).toBeGreaterThan(0);
    // Grafana draws time series by a first column of times.
    if (target.format === FORMAT_TIMESERIES)
      expect(`${meta[0]?.name} ${meta[0]?.type}`).toMatch(/^time DateTime/);
  });

  test('and each variable that is asked for has the values that there are', async () => {
    const [app, channel] = dashboard.templating.list.flatMap(({ type, query }) =>
      type === 'query' ? [query] : [],
    );
    expect((await told(app ?? '')).data).toEqual([['demo'], ['shop']]);
    expect((await told(channel ?? '')).data).toEqual([['fb'], ['ig'], ['line'], ['qiscus'], ['wa']]);
  });

  test('its numbers are those of the tables', async () => {
    const [sessions] = dashboard.panels.filter(({ title }) => title === 'Sessions');
    const { data } = await told(expanded(sessions?.targets[0]?.rawSql ?? ''));
    const [row] = await database.rows<{ n: string }>('SELECT toString(count()) AS n FROM sessions');
    expect(data).toEqual([[Number(row?.n)]]);
  });

  test('reads from the data source that is provisioned', async () => {
    const yaml = await readFile(join(ROOT, 'local/grafana/provisioning/datasources/clickhouse.yaml'), 'utf8');
    const [uid, type] = ['uid', 'type'].map((key) => new RegExp(`^ +${key}: (.+)$`, 'm').exec(yaml)?.[1]);
    for (const panel of dashboard.panels) {
      expect(panel.datasource).toEqual({ uid, type });
      expect(panel.targets.map(({ datasource }) => datasource)).toEqual([{ uid, type }]);
    }
  });
});
