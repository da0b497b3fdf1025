import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createBooksGauges } from '../../consumer/watch/books-gauges.ts';
import { createDriftGauges } from '../../consumer/watch/drift.ts';
import { createMetrics } from '../../consumer/watch/metrics.ts';
import { createWorkerGauges } from '../../consumer/watch/worker-gauges.ts';
import { ROOT } from '../support/environment.ts';

const text = (path: string) => readFile(join(ROOT, path), 'utf8');
const namesIn = (rules: string) => [...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);

test('each alert stands on metrics that the consumer has', async () => {
  const registry = new Registry();
  createBooksGauges(registry);
  createWorkerGauges(registry);
  createDriftGauges(registry);
  const known = [...registry.getMetricsAsArray(), ...createMetrics([]).registry.getMetricsAsArray()];
  const names = new Set(known.map(({ name }) => name));
  const rules = await text('operate/prometheus/alerts.yml');
  const asked = new Set(rules.match(/\bqiscus_\w+/g));
  expect(asked.size).toBeGreaterThan(10);
  expect([...asked].filter((name) => !names.has(name))).toEqual([]);
});

test('each alert has its entry in the runbook, and is tried by the tests of the rules', async () => {
  const rules = await text('operate/prometheus/alerts.yml');
  const [runbook, trials] = [
    await text('docs/operations.md'),
    await text('operate/prometheus/alerts.test.yml'),
  ];
  for (const name of namesIn(rules)) {
    expect(runbook).toContain(`\n### ${name}\n`);
    expect(rules).toContain(`docs/operations.md#${name.toLowerCase()}`);
    expect(trials).toContain(`alertname="${name}"`);
  }
  expect(namesIn(rules).length).toBe((runbook.match(/^### Qiscus/gm) ?? []).length);
});
