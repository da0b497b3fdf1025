import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import board from '../../operate/grafana/operators.json' with { type: 'json' };
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { startWholePath } from '../support/whole-path.ts';
import { sample } from '../worker/edge-helpers.ts';

/** The series of the real /metrics, after a webhook and a canary, with the names of their labels. */
const series = new Map<string, Set<string>>();

beforeAll(async () => {
  const path = await startWholePath();
  await fetch(path.worker.webhookUrl, { method: 'POST', body: sample('session') });
  await fetch(path.worker.webhookUrl, { method: 'POST', body: 'no JSON' });
  await path.sendCanary();
  await eventually(async () =>
    expect(await path.get('/metrics')).toMatch(/^qiscus_event_visible_seconds_count 1$/m),
  );
  for (const line of (await path.get('/metrics')).split('\n')) {
    const [, declared] = /^# TYPE (\w+) /.exec(line) ?? [];
    if (declared !== undefined) series.set(declared, series.get(declared) ?? new Set());
    const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
});

test.each(['operate/prometheus/alerts.yml', 'docs/operations.md'])(
  'each metric that %s names is on the real /metrics',
  async (path) => {
    const text = await readFile(join(ROOT, path), 'utf8');
    const names = new Set(text.match(/\bqiscus_\w+\b(?!…)/g));
    expect(names.size).toBeGreaterThan(3);
    expect([...names].filter((name) => !series.has(name))).toEqual([]);
  },
);

const targets = board.panels.flatMap((panel) =>
  (panel.targets ?? []).map(({ expr, legendFormat }) => ({ title: panel.title, expr, legendFormat })),
);

test.each(targets)(
  "the operators' board, $title, asks $expr of the real /metrics, by labels that are there",
  ({ expr, legendFormat }) => {
    const names = expr.match(/\b(?:qiscus|process|nodejs)_\w+/g) ?? [];
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !series.has(name))).toEqual([]);
    // Of what has no sample in a quiet hour, such as held messages, the labels cannot be seen.
    const known = names.flatMap((name) => [...(series.get(name) ?? [])]);
    const asked = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    if (known.length > 0) expect(['instance', ...known]).toEqual(expect.arrayContaining(asked));
  },
);

test("the operators' board reads from whichever Prometheus is chosen on it, each panel in a place of its own", () => {
  const source = { type: 'prometheus', uid: '$' + '{datasource}' };
  expect(board.templating.list[0]).toMatchObject({
    name: 'datasource',
    type: 'datasource',
    query: 'prometheus',
  });
  const panels = board.panels.filter(({ type }) => type !== 'row');
  for (const panel of panels) {
    expect(panel.datasource, panel.title).toEqual(source);
    for (const target of panel.targets ?? []) expect(target.datasource, panel.title).toEqual(source);
    expect(panel.description, panel.title).not.toBe('');
  }
  expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
  const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)}/${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...board.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
});
