import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeArtefacts } from '../../operate/contract/artefacts.ts';
import type { AsyncApi } from '../../operate/contract/asyncapi.ts';
import { breaksOf } from '../../operate/contract/breaks.ts';
import { complaintsOf } from '../../operate/contract/check.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { ROOT } from '../support/environment.ts';
import { runScript } from '../support/programs.ts';

const GENERATED = join(ROOT, 'schemas', 'generated');
const artefacts = await makeArtefacts('1.0.0');
const released = artefacts.document;

/** A schema of any depth, to be changed. */
// biome-ignore lint/suspicious/noExplicitAny: a document that a test changes anywhere
type Changeable = any;

/** The contract after a change. */
function after(change: (document: Changeable) => void): AsyncApi {
  const document = structuredClone(released);
  change(document);
  return document;
}

const payloadOf = (document: Changeable, kind: string) => document.components.messages[kind].payload;
const headersOf = (document: Changeable, kind: string) => document.components.messages[kind].headers;

describe('a change that breaks readers is told:', () => {
  const BREAKS: readonly [string, (document: Changeable) => void, string][] = [
    [
      'a field is gone',
      (d) => delete payloadOf(d, 'session').properties.room_log.properties.is_waiting,
      'session: payload.room_log.is_waiting is gone',
    ],
    [
      'a type is narrowed',
      (d) => {
        payloadOf(d, 'resolution').properties.service.properties.notes.type = ['string', 'null'];
      },
      'resolution: payload.service.notes cannot be number or boolean any more',
    ],
    [
      'a type is widened',
      (d) => payloadOf(d, 'allocation').properties.room_id.type.push('null'),
      'allocation: payload.room_id can be null now',
    ],
    [
      'a type is given to what had none',
      (d) => {
        payloadOf(d, 'custom-button').properties.additional_info.type = 'string';
      },
      'custom-button: payload.additional_info cannot be anything but string any more',
    ],
    [
      'a field may be missing',
      (d) => payloadOf(d, 'allocation').required.pop(),
      'allocation: payload.room_id may be missing now',
    ],
    [
      'a field must be there',
      (d) => payloadOf(d, 'session').required.push('channel'),
      'session: payload.channel must be there now',
    ],
    [
      'a limit moves',
      (d) => {
        payloadOf(d, 'allocation').properties.room_id.maxLength = 10;
      },
      'allocation: payload.room_id has another maxLength',
    ],
    [
      'what a shape says in code',
      (d) => payloadOf(d, 'message').anyOf.pop(),
      'message: payload has other alternatives',
    ],
    ['a topic is gone', (d) => delete d.channels.message, 'message: the topic qiscus.message is gone'],
    [
      'a topic has another name',
      (d) => {
        d.channels.message.address = 'qiscus.messages';
      },
      'message: the topic qiscus.message is qiscus.messages now',
    ],
    [
      'a key is another one',
      (d) => {
        d.components.messages.session.bindings.kafka.key.description = '{app}:{channel id}';
      },
      'session: the key {app}:{room id} is {app}:{channel id} now',
    ],
    [
      'a header is gone',
      (d) => delete headersOf(d, 'session').properties.ce_outbox,
      'session: headers.ce_outbox is gone',
    ],
    [
      'a header is spelled another way',
      (d) => {
        headersOf(d, 'session').properties.ce_sequence.pattern = '^\\d+$';
      },
      'session: headers.ce_sequence has another pattern',
    ],
    [
      'the type of an event has another name',
      (d) => {
        headersOf(d, 'session').properties.ce_type.const = 'session';
      },
      'session: headers.ce_type has another const',
    ],
    [
      'the content type is another one',
      (d) => {
        d.components.messages.session.contentType = 'application/avro';
      },
      'session: the content type is another one',
    ],
  ];
  test.each(BREAKS)('%s', (_, change, told) => {
    expect(breaksOf(released, after(change))).toEqual([told]);
  });
});

test('what is added breaks nobody: a field that may be missing, a header, a topic, a word of explanation', () => {
  const added = after((d) => {
    payloadOf(d, 'session').properties.assignee = { type: 'string' };
    headersOf(d, 'session').properties.ce_region = { type: 'string' };
    d.channels.rating = { ...d.channels.session, address: 'qiscus.rating' };
    d.components.messages.session.summary = 'Somebody wrote.';
  });
  expect(breaksOf(released, added)).toEqual([]);
});

test('a new major version of the package may break readers, a new minor one may not', async () => {
  const broken = after((d) => delete d.channels.message);
  const check = (version: string) => {
    const document = { ...broken, info: { ...broken.info, version } };
    return complaintsOf({ ...artefacts, document }, GENERATED, released);
  };
  expect((await check('1.1.0')).breaks).toHaveLength(1);
  expect((await check('2.0.0')).breaks).toEqual([]);
});

test('files that are not what the schemas make are told: changed, missing and left over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qiscus-stream-contract-'));
  undoAfterwards(() => rm(folder, { recursive: true }));
  await cp(GENERATED, folder, { recursive: true });
  expect((await complaintsOf(artefacts, folder, released)).stale).toEqual([]);
  await writeFile(join(folder, 'payloads.ts'), '// by hand\n');
  await writeFile(join(folder, 'left-over.json'), '{}\n');
  await rm(join(folder, 'json-schema', 'session.json'));
  const { stale } = await complaintsOf(artefacts, folder, released);
  expect(stale).toEqual(['json-schema/session.json', 'left-over.json', 'payloads.ts']);
});

test('the contract in the repository is what the schemas make, and breaks no reader of the last release', async () => {
  const { stdout } = await runScript('operate/contract/main.ts', {}, ['--check', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ stale: [], breaks: [] });
});
