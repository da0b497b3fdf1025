import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { startWholePath } from '../support/whole-path.ts';
import { sample } from '../worker/edge-helpers.ts';

/** The series of the real /metrics, after a webhook and a canary, with the names of their labels. */
const series = new Map<string, Set<string>>();

beforeAll(async () => {
  const path = await startWholePath();
  await fetch(path.worker.webhookUrl, { method: 'POST', body: sample('session') });
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
