import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { type Message, readTopics, sample } from '../worker/edge-helpers.ts';
import { type Answer, post, sendRaw } from './post.ts';

const MAX_BYTES = 900_000;

let worker: TestWorker;
let reader: { messages: Message[] };

beforeAll(async () => {
  const prefix = uniquePrefix();
  const [brokers] = await Promise.all([sharedBrokers(), createTopics(prefix)]);
  worker = await startWorker({ topicPrefix: prefix, brokers });
  reader = await readTopics(brokers, prefix);
});

const bytesOf = (text: string) => new TextEncoder().encode(text);
const send = (body: string) => post(worker.webhookUrl, { bytes: bytesOf(body) });

/** The event of an answer, once it is on the stream. */
async function streamed({ status, id }: Answer): Promise<Message> {
  expect(status).toBe(202);
  return eventually(() => {
    const message = reader.messages.find(({ headers }) => headers.ce_id === id);
    if (message === undefined) throw new Error(`${id} has not arrived yet`);
    return message;
  });
}

/** A JSON object of so many bytes. */
function objectOf(bytes: number, character = 'x'): string {
  const filler = Math.floor((bytes - '{"a":""}'.length) / Buffer.byteLength(character));
  const object = `{"a":"${character.repeat(filler)}"}`;
  return object + ' '.repeat(bytes - Buffer.byteLength(object));
}

describe('a body as large as may be', () => {
  test.each(['x', '…', '😀', '\\'.repeat(2)])('of %s goes through whole', async (character) => {
    const body = objectOf(MAX_BYTES, character);
    expect(Buffer.byteLength(body)).toBe(MAX_BYTES);
    expect((await streamed(await send(body))).value).toBe(body);
  });

  test('is refused when it is a byte longer, told, in chunks or packed', async () => {
    const bytes = bytesOf(objectOf(MAX_BYTES + 1));
    const headers = { 'content-encoding': 'gzip' };
    const bomb = bytesOf(objectOf(5_000_000));
    const answers = await Promise.all([
      post(worker.webhookUrl, { bytes }),
      post(worker.webhookUrl, { bytes, isChunked: true }),
      post(worker.webhookUrl, { bytes: new Uint8Array(gzipSync(bytes)), headers }),
      post(worker.webhookUrl, { bytes: new Uint8Array(gzipSync(bomb)), headers, isChunked: true }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
  });

  test('full of secrets is left without them', async () => {
    const secret = '"sdk_key":{"a":"}"},"\\u0053DK_KEY":[1],';
    const body = `{${secret.repeat(20_000)}"kept":"${'\\"'.repeat(20_000)}"}`;
    expect((await streamed(await send(body))).value).toBe(`{"kept":"${'\\"'.repeat(20_000)}"}`);
  });

  test('nested as deep as it can be goes through whole', async () => {
    const deep = `${'['.repeat(440_000)}${']'.repeat(440_000)}`;
    for (const body of [`{"a":${deep}}`, sample('session').replace('"avatar_url":', `"deep":${deep},$&`)]) {
      expect((await streamed(await send(body))).value).toBe(body);
    }
  });
});

describe('an id', () => {
  const message = (id: string) => sample('resolution').replace(/"room_id": *"[^"]*"/, `"room_id": ${id}`);

  test.each([
    ['with a NUL', '"a\\u0000b"', 'a\0b'],
    ['that is half a character', '"a\\ud800"', 'a\ufffd'],
    ['of 255 large characters', `"${'€'.repeat(255)}"`, '€'.repeat(255)],
    ['of white space', '" \\n"', ' \n'],
    ['of 20 digits', '12345678901234567890', '12345678901234567890'],
  ])('%s is key and subject of its event', async (_, spelled, id) => {
    const body = message(spelled);
    const { key, headers, value } = await streamed(await send(body));
    expect({ key, subject: headers.ce_subject, value }).toEqual({
      key: `demo:${id}`,
      subject: id,
      value: body,
    });
  });

  test('of 800,000 characters makes no key; its event is kept as unrecognized', async () => {
    const body = message(`"${'9'.repeat(800_000)}"`);
    const answer = await send(body);
    expect(answer).toMatchObject({
      kind: 'unrecognized',
      problems: [expect.stringContaining('service.room_id')],
    });
    expect((await streamed(answer)).value).toBe(body);
  });
});

test('a request that is no proper HTTP stores nothing, is no fault of the edge, and hurts nobody else', async () => {
  const body = JSON.stringify({ broken: crypto.randomUUID() });
  const requests: [string[], string][] = [
    [[`Content-Length: ${body.length + 1}`], body],
    [[`Content-Length: ${body.length - 1}`], body],
    [['Content-Length: -1'], body],
    [['Content-Length: x'], body],
    [[`Content-Length: ${body.length}`, 'Content-Length: 1'], body],
    [['Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`],
    [['Transfer-Encoding: chunked'], `${(body.length + 9).toString(16)}\r\n${body}`],
    [[`Content-Length: ${body.length}`, 'Bad header'], body],
  ];
  for (const [head, sent] of requests) {
    const answer = await sendRaw(worker.webhookUrl, head, sent);
    expect(answer, head.join()).not.toMatch(/^HTTP\/1\.1 (2|5)/);
  }
  expect((await send(body)).duplicate).toBe(false);
});
