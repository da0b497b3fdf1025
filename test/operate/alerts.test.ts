import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/environment.ts';

const text = (path: string) => readFile(join(ROOT, path), 'utf8');
const namesIn = (rules: string) => [...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);

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
