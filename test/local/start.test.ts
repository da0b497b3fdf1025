import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { pages, shellCommands } from '../docs/pages.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { testDir } from '../support/shared.ts';
import { isRunning, leftBehind, NpmStart, newPlace, type Place } from './npm-start.ts';

// Several starts of everything, each some 15 s.
const TIMEOUT_MS = 240_000;
const BACK_TIMEOUT_MS = 60_000;
// Four seconds of trying, and the rest of the start beside it on a busy machine.
const SOON_MS = 25_000;

const COMPONENTS = ['kafka', 'clickhouse', 'worker', 'consumer'];

/** Posts one of the vendor's samples to the local pipeline. */
async function post({ ports }: Place, sample: string): Promise<number> {
  const body = await readFile(join(ROOT, 'test', 'samples', sample));
  const url = `http://127.0.0.1:${ports.worker}/webhooks/demo/local-token`;
  const response = await fetch(url, { method: 'POST', body });
  await response.arrayBuffer();
  return response.status;
}

async function select({ ports }: Place, sql: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${ports.clickHouse}/?database=qiscus`, {
    method: 'POST',
    body: sql,
  });
  return response.text();
}

/** What the README gives to paste, for a pipeline on other ports. */
async function pasted({ ports }: Place): Promise<string[]> {
  const readme = (await pages()).get('README.md') ?? '';
  return shellCommands(readme, 'curl').map((command) =>
    command.replace(':8787', `:${ports.worker}`).replace(':8123', `:${ports.clickHouse}`),
  );
}

async function inShell(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: ROOT });
  return stdout;
}

test(
  'ready means that a webhook arrives, by what the README says; a killed component comes back; Ctrl-C leaves nothing behind; data survives',
  async () => {
    const place = await newPlace(await testDir('start'));
    const first = new NpmStart(place);
    await first.ready();
    const [postOne = '', readBack = ''] = await pasted(place);
    expect(await inShell(postOne)).toMatch(/^HTTP\/1.1 202 .*"kind":"session"/s);
    await eventually(async () => expect(await inShell(readBack)).toContain('room_id:'));
    await eventually(async () => expect(await select(place, 'SELECT count() FROM canaries')).not.toBe('0\n'));

    for (const name of COMPONENTS) {
      const { [name]: pid = 0 } = await first.pids();
      process.kill(pid, 'SIGKILL');
      await eventually(() => expect(first.output).toMatch(new RegExp(`${name} +was ended by SIGKILL`)));
      await eventually(() => expect(first.output).toMatch(new RegExp(`${name} +is back`)), {
        timeoutMs: BACK_TIMEOUT_MS,
      });
    }
    expect(await post(place, 'resolution.json')).toBe(202);
    await eventually(async () => expect(await select(place, 'SELECT count() FROM resolutions')).toBe('1\n'), {
      timeoutMs: BACK_TIMEOUT_MS,
    });

    const pids = await first.pids();
    expect(Object.keys(pids).sort()).toEqual([...COMPONENTS, 'supervisor'].sort());
    first.signalNpm('SIGINT');
    expect(await first.ended()).toBe(0);
    await eventually(async () => expect(await leftBehind(place, pids)).toEqual([]));

    const second = new NpmStart(place);
    await second.ready();
    expect(await select(place, 'SELECT count() FROM events')).toBe('2\n');
    const secondPids = await second.pids();
    second.signalGroup('SIGINT');
    expect(await second.ended()).toBe(0);
    await eventually(async () => expect(await leftBehind(place, secondPids)).toEqual([]));
  },
  TIMEOUT_MS,
);

test('a second start on the same folder is refused; what a killed supervisor left is ended by the next', {
  tags: 'long',
  timeout: TIMEOUT_MS,
}, async () => {
  const place = await newPlace(await testDir('start'));
  const first = new NpmStart(place);
  await first.ready();
  const pids = await first.pids();

  const other = new NpmStart(place);
  expect(await other.ended()).toBe(1);
  expect(other.output).toMatch('npm start runs already on this data folder');
  expect(isRunning(pids.kafka ?? 0)).toBe(true);

  process.kill(pids.supervisor ?? 0, 'SIGKILL');
  await first.ended();
  expect(isRunning(pids.kafka ?? 0)).toBe(true);
  const next = new NpmStart(place);
  await next.ready();
  expect(next.output).toMatch(/ended what an earlier start left: .*kafka/);
  expect(Object.values(pids).filter(isRunning)).toEqual([]);
  const nextPids = await next.pids();
  next.signalNpm('SIGTERM');
  await next.ended();
  await eventually(async () => expect(await leftBehind(place, nextPids)).toEqual([]), {
    timeoutMs: BACK_TIMEOUT_MS,
  });
});

test('Ctrl-C in the middle of the start ends it and leaves nothing behind', async () => {
  const place = await newPlace(await testDir('start'));
  const run = new NpmStart(place);
  await eventually(() => expect(run.output).toMatch(/clickhouse +is up/), { timeoutMs: 20_000 });
  const pids = await run.pids();
  run.signalGroup('SIGINT');
  expect(await run.ended()).toBe(0);
  await eventually(async () => expect(await leftBehind(place, pids)).toEqual([]));
});

test('a port that is taken is named, with the setting that moves it, and nothing is started', async () => {
  const place = await newPlace(await testDir('start'));
  const squatter = createServer().listen(place.ports.clickHouse, '127.0.0.1');
  undoAfterwards(() => void squatter.close());
  const run = new NpmStart(place);
  expect(await run.ended()).toBe(1);
  expect(run.output).toMatch(`port ${place.ports.clickHouse} is taken`);
  expect(run.output).toMatch('CLICKHOUSE_PORT');
  expect(await leftBehind(place, {})).toEqual(['port of clickHouse']);
});

test('without Java it says so and what to do, and nothing is left running', { tags: 'long' }, async () => {
  const place = await newPlace(await testDir('start'));
  const run = new NpmStart(place, { JAVA_HOME: join(place.dir, 'nowhere') });
  expect(await run.ended()).toBe(1);
  expect(run.output).toMatch('Java is missing');
  expect(run.output).toMatch('KAFKA_BROKERS');
  expect(await leftBehind(place, await run.pids())).toEqual([]);
});

test('a wrong setting is named', async () => {
  const place = await newPlace(await testDir('start'));
  const run = new NpmStart(place, { WORKER_PORT: 'eighty' });
  expect(await run.ended()).toBe(1);
  expect(run.output).toMatch('WORKER_PORT must be');
});

test('a Kafka that cannot be reached is named, soon and without a stack trace, and nothing is left running', async () => {
  const place = await newPlace(await testDir('start'));
  const brokers = `127.0.0.1:${place.ports.kafka}`;
  const run = new NpmStart(place, { KAFKA_BROKERS: brokers });
  const beganMs = performance.now();
  expect(await run.ended()).toBe(1);
  expect(performance.now() - beganMs).toBeLessThan(SOON_MS);
  expect(run.output).toMatch(new RegExp(`^No Kafka answers at ${brokers} .*set KAFKA_BROKERS`, 'm'));
  expect(run.output).not.toMatch(/^\s+at /m);
  expect(await leftBehind(place, await run.pids())).toEqual([]);
});
