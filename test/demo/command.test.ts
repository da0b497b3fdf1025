import { expect, test } from 'vitest';
import { simulate } from '../../local/demo/simulator/simulate.ts';
import { freePort } from '../../local/ports.ts';
import { startPath } from '../consumer/setup.ts';
import { runScript } from '../support/programs.ts';
import { startWorker } from '../support/worker.ts';

const SCRIPT = 'local/demo/main.ts';
// A Wednesday morning in Jakarta.
const END = '2025-06-04T03:00:00Z';
const ARGUMENTS = ['--days', '0', '--end', END, '--seed', '5'];

test('the demo fills every table, prints the reports, and counts nothing twice when it is run again', async () => {
  const { prefix, brokers, database } = await startPath();
  const worker = await startWorker({ topicPrefix: prefix, brokers });
  const settings = { WORKER_PORT: String(worker.port), CLICKHOUSE_URL: database.url, CONSUMER_PORT: '18080' };
  const { truth } = simulate({ seed: 5, days: 0, endMs: Date.parse(END) });
  const events = Object.values(truth.counts).reduce((sum, count) => sum + count, 0);

  const first = await runScript(SCRIPT, settings, ARGUMENTS);
  expect(first.stdout).toContain('8 new, 0 redeliveries');
  expect(first.stdout).toContain(`${events.toLocaleString('en-US')} new, ${truth.redeliveries} redeliveries`);
  expect(first.stdout).toContain('Which channel keeps customers waiting longest');
  expect(first.stdout).toContain('2025-06-04 00:00 to 2025-06-04 10:00 (Asia/Jakarta), app demo');
  expect(first.stdout).toContain('http://127.0.0.1:18080/');
  // One session of the samples, three logouts.
  const [counts] = await database.rows(
    'SELECT toUInt32((SELECT count() FROM sessions)) AS sessions, toUInt32((SELECT count() FROM agent_logouts)) AS logouts',
  );
  expect(counts).toEqual({
    sessions: truth.counts.session + 1,
    logouts: truth.counts['agent-logout'] + 3,
  });

  const second = await runScript(SCRIPT, settings, ARGUMENTS);
  expect(second.stdout).toContain('0 new, 0 redeliveries not counted again, 8 known from before');
  expect(second.stdout).toContain(`${events.toLocaleString('en-US')} known from before`);
  expect(await database.rows('SELECT toUInt32(count()) AS n FROM events')).toEqual([{ n: events + 8 }]);
});

test('without a pipeline, the demo says what to start', async () => {
  const running = runScript(SCRIPT, { WORKER_PORT: String(await freePort()) });
  await expect(running).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Run "npm start" first'),
  });
});

test.each([
  ['--days', 'seven'],
  ['--rate', '0'],
  ['--colour', 'red'],
])('an option that does not fit is named: %s %s', async (option, value) => {
  await expect(runScript(SCRIPT, {}, [option, value])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(option),
  });
});
