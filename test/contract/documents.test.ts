import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Kafka, type KafkaMessage } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import { makeArtefacts } from '../../operate/contract/artefacts.ts';
import { fixture } from '../../schemas/fixtures.ts';
import { KINDS } from '../../schemas/webhooks.ts';

describe('the AsyncAPI document', async () => {
  const { files } = await makeArtefacts('1.0.0');
  const text = files.get('asyncapi.json') ?? '';
  const { document, diagnostics } = await new Parser().parse(text);

  test('is one to the AsyncAPI parser, without a warning', () => {
    // That a later version of AsyncAPI exists is no fault: tools of others may not read it yet.
    expect(diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')).toEqual([]);
  });

  test('has a channel for each topic, with its key and an example that fits headers and payload', () => {
    const ajv = new Ajv2020({ strict: false });
    expect(
      document
        ?.allChannels()
        .all()
        .map((each) => each.address())
        .sort(),
    ).toEqual(KINDS.map((kind) => `qiscus.${kind}`).sort());
    for (const message of document?.allMessages().all() ?? []) {
      const { key } = message.bindings().get('kafka')?.value() ?? {};
      const examples = message.examples().all();
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        expect(ajv.validate(message.headers()?.json() ?? {}, example.headers()), ajv.errorsText()).toBe(true);
        expect(ajv.validate(message.payload()?.json() ?? {}, example.payload()), ajv.errorsText()).toBe(true);
        const { ce_source: source = '', ce_subject: subject } = example.headers() as Record<string, string>;
        expect(ajv.validate(key, `${source.split('/')[2]}:${subject}`)).toBe(true);
      }
    }
  });
});

test('a fixture is a CloudEvent to the CloudEvents SDK', () => {
  const { key, value, headers } = fixture('resolution', { id: 'f'.repeat(32) });
  const texts = Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, String(each)]));
  const message: KafkaMessage = { key: String(key), value, headers: texts, body: value };
  expect(Kafka.toEvent(message)).toMatchObject({
    id: 'f'.repeat(32),
    type: 'com.qiscus.omnichannel.resolution',
    source: '/qiscus/demo',
  });
});
