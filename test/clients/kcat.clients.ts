import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { toMessage } from '../../schemas/event.ts';
import { topicOf } from '../../schemas/topics.ts';
import { publisher, sessions } from '../consumer/events.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';
import { pythonPrograms } from './python.ts';

const PAGE = join(ROOT, 'docs', 'streaming.md');
const EVENTS = sessions(1, 20);

const run = promisify(execFile);
const hasKcat = await run('kcat', ['-V']).then(
  () => true,
  () => false,
);

/** A block of code of the page, by its language and what is in it. */
async function block(language: string, content: string): Promise<string> {
  const text = await readFile(PAGE, 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, name, code = '']) => ({ name, code }));
  const found = blocks.find(({ name, code }) => name === language && code.includes(content));
  if (found === undefined) throw new Error(`the page has no ${language} with ${content}`);
  return found.code;
}

/** The page's command, in a folder with the page's script, on these brokers and topics. */
async function shown(command: string): Promise<string[]> {
  const dir = await testDir('kcat');
  await writeFile(join(dir, 'sessions.py'), await block('python', 'sessions.py'));
  const python = join(await pythonPrograms(), 'python');
  const shell = command.replaceAll('python3', python);
  const { stdout } = await run('bash', ['-ec', shell], { cwd: dir, env: baseEnvironment(), timeout: 60_000 });
  return stdout.trimEnd().split('\n');
}

const wanted = EVENTS.map(({ id, occurredMs }) => {
  const time = new Date(occurredMs).toISOString().replace('Z', '000+00:00');
  return `${id} ${time} Susan Novitasari`;
}).sort();

let command: string;
beforeAll(async () => {
  command = (await block('sh', 'kcat')).trim();
});

test.skipIf(!hasKcat)(
  'the page’s example reads a topic with kcat and the CloudEvents SDK of Python',
  async () => {
    const brokers = await sharedBrokers();
    const prefix = uniquePrefix();
    await createTopics(prefix);
    await (await publisher(brokers, prefix)).events(EVENTS);
    const here = command
      .replace('127.0.0.1:9092', brokers)
      .replace(topicOf('qiscus.', 'session'), topicOf(prefix, 'session'));
    expect(here).not.toBe(command);
    const lines = await shown(here);
    expect([...new Set(lines)].sort()).toEqual(wanted);
  },
);

test('the page’s script reads lines as kcat makes them', async () => {
  const lines = EVENTS.map(toMessage).map(({ key, value, headers }, offset) => {
    const flat = Object.entries(headers).flat();
    return JSON.stringify({ topic: 't', partition: 0, offset, headers: flat, key, payload: value });
  });
  const dir = await testDir('lines');
  const file = join(dir, 'lines');
  await writeFile(file, lines.join('\n'));
  expect((await shown(`python3 sessions.py < ${file}`)).sort()).toEqual(wanted);
});
