import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CloudEvent, Kafka, type KafkaMessage } from 'cloudevents';
import { expect, test } from 'vitest';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';
import { APP, startWorker } from '../support/worker.ts';
import { arrived, post, readTopics, SAMPLES, sample } from '../worker/edge-helpers.ts';
import { runScript } from './python.ts';

test('the CloudEvents SDKs of JavaScript and Python read the stream, and read the same', async () => {
  const brokers = await sharedBrokers();
  const topicPrefix = uniquePrefix();
  await createTopics(topicPrefix);
  const worker = await startWorker({ topicPrefix, brokers });
  const ids: string[] = [];
  for (const name of SAMPLES) ids.push((await post(worker.webhookUrl, sample(name))).json.id);
  const messages = await arrived(await readTopics(brokers, topicPrefix), ids.length);

  const inJavaScript = messages.map((message) => {
    // The whole of a KafkaMessage; the type that toEvent takes knows only what every transport has.
    const received: KafkaMessage = { ...message, body: message.value };
    return described(Kafka.toEvent(received) as CloudEvent<unknown>);
  });
  expect(inJavaScript.map(({ id }) => id).sort()).toEqual(ids.sort());
  for (const event of inJavaScript) {
    expect(event).toMatchObject({ source: `/qiscus/${APP}`, isObject: true });
    expect(event.type).toMatch(/^com\.qiscus\.omnichannel\./);
  }

  const file = join(await testDir('cloudevents'), 'messages');
  const lines = messages.map(({ headers, key, value }) => {
    return JSON.stringify({ headers, key, value: Buffer.from(value).toString('base64') });
  });
  await writeFile(file, lines.join('\n'));
  expect(await runScript('cloudevents_sdk.py', { MESSAGES: file })).toEqual(inJavaScript);
});

/** What both SDKs tell of an event. */
function described(event: CloudEvent<unknown>) {
  const data: unknown = Buffer.isBuffer(event.data) ? JSON.parse(event.data.toString()) : event.data;
  return {
    id: event.id,
    type: event.type,
    source: event.source,
    subject: event.subject,
    time: Date.parse(event.time ?? ''),
    sequence: event.sequence,
    isObject: typeof data === 'object' && data !== null,
  };
}
