import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NewEvent } from '../../worker/outbox/new-event.ts';
import { arrive } from './edge.ts';
import { LONG_MS, runs } from './runs.ts';

/** What a field of a body holds: digits that may be spelled as number or text, or JSON as it stands. */
type Value = { readonly digits: string } | { readonly json: string };
type Fields = Readonly<Record<string, Value>>;

/** A webhook whose events name themselves. */
interface Named {
  readonly kind: string;
  /** What makes the identity, each with something that can tell two events apart. */
  readonly identity: Readonly<Record<string, fc.Arbitrary<Value>>>;
  /** Fields without which nothing tells two events apart, each with what stands for "none" in it. */
  readonly none: Readonly<Record<string, fc.Arbitrary<Value>>>;
  /** The body as a JSON template, each field's place marked by `$name`, once; `$note` is a field that names nothing. */
  readonly template: string;
}

const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
const DAY_MS = 86_400_000;
const RETRY_MS = 10_000;

const json = (text: string): Value => ({ json: text });
const quoted = (text: fc.Arbitrary<string>) => text.map((each) => json(JSON.stringify(each)));

const id = fc.oneof(
  fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map((each): Value => ({ digits: String(each) })),
  fc.integer({ min: 1, max: 99 }).map((each): Value => ({ digits: String(each) })),
);
const word = quoted(
  fc.oneof(fc.constantFrom('Halo', 'halo', '', ' ', '1', '[]'), fc.string({ unit: 'grapheme' })),
);
const temporaryId = quoted(fc.stringMatching(/^(javascript-|android_)?[1-9a-zA-Z]{1,12}$/));
const second = fc.integer({ min: 1_262_304_000, max: 4_102_444_799 });
const unixTime = second.map((each): Value => ({ digits: String(each) }));
const isoTime = quoted(second.map((each) => new Date(each * 1_000).toISOString()));

const noId = fc
  .constantFrom(...['0', '"0"', '""', '"000"', 'null', '"null"', '"undefined"', '"NaN"', '" 0 "'])
  .map(json);
const noRequiredId = fc.constantFrom(...['0', '"0"', '"00000000"', '"null"', '"undefined"']).map(json);
const noTime = fc
  .constantFrom(
    ...['0', '"0"', '""', 'null', '1', '-1', '"0001-01-01T00:00:00Z"', '"1970-01-01T00:00:00Z"', '"N/A"'],
    ...['"0000-00-00 00:00:00"', '"9999-12-31T23:59:59Z"', '253402300799'],
  )
  .map(json);
const noWord = fc.constantFrom('""', 'null').map(json);

const KINDS: readonly Named[] = [
  {
    kind: 'agent-logout',
    identity: { user: id, time: unixTime },
    none: { time: noTime },
    template:
      '{"type":"auth","payload":{"action":"logout","timestamp":$time,"user":{"id":$user,"name":$note}}}',
  },
  {
    kind: 'agent-logout',
    identity: { user: id, time: unixTime },
    none: { user: noRequiredId },
    template:
      '{"payload":{"type":"auth","action":"logout","timestamp":$time,"user":{"id":$user,"name":$note}}}',
  },
  {
    kind: 'session',
    identity: { room: id, opened: isoTime, sent: isoTime },
    none: { opened: noTime, sent: noTime },
    template: `{"webhook_type":"NEW_SESSION_WEBHOOK","payload":{"room":{"id":$room,"name":$note},
      "message":{"timestamp":$sent}},"room_log":{"created_at":$opened}}`,
  },
  {
    kind: 'session',
    identity: { room: id, opened: unixTime, sent: isoTime },
    none: { room: noRequiredId },
    template: `{"is_new_session":true,"payload":{"room":{"id":$room,"name":$note},
      "message":{"timestamp":$sent}},"room_log":{"created_at":$opened}}`,
  },
  {
    kind: 'resolution',
    identity: { service: id, room: id, comment: id },
    none: { service: noId, comment: noId },
    template:
      '{"service":{"id":$service,"room_id":$room,"last_comment_id":$comment,"notes":$note},"resolved_by":null}',
  },
  {
    kind: 'message',
    identity: { own: temporaryId, room: id, sender: id, address: word, type: word, text: word },
    none: { own: noId },
    template: `{"type":"post_comment_rest","payload":{"from":{"id":$sender,"email":$address,"name":$note},
      "room":{"id":$room},"message":{"unique_temp_id":$own,"id":0,"type":$type,"text":$text}}}`,
  },
  {
    kind: 'message',
    identity: { own: id, room: id, sender: id, address: word, type: word, text: word },
    none: { room: noRequiredId, sender: noId, address: noWord },
    template: `{"payload":{"type":"post_comment_mobile","from":{"id":$sender,"email":$address},
      "room":{"id":$room,"name":$note},"message":{"unique_temp_id":"","id":$own,"type":$type,"text":$text}}}`,
  },
];

/** The bodies of the two webhooks that name nothing. */
const NAMELESS = {
  allocation: '{"room_id":$room,"candidate_agent":null,"name":$note}',
  'custom-button': '{"room_id":$room,"agent":null,"tag":[],"notes":$note}',
};

/** A body with its fields; digits are spelled as text where `asText` says so. */
function fill(template: string, fields: Fields, asText: boolean): string {
  return template.replace(/\$(\w+)/g, (_, name: string) => {
    const value = fields[name] ?? json('null');
    if ('json' in value) return value.json;
    return asText ? `"${value.digits}"` : value.digits;
  });
}

async function admitted(body: string, receivedMs: number): Promise<NewEvent> {
  const ending = await arrive(body, receivedMs);
  if (ending.outcome !== 'admitted') throw new Error(`refused: ${body}`);
  return ending.event;
}

/** Every id under which an event may be known. */
const idsOf = ({ id, retryOf }: NewEvent) => [id, ...(retryOf?.ids ?? [])];

const identityOf = ({ identity }: Named) => fc.record(identity) as fc.Arbitrary<Fields>;

/** Two of a webhook's identities, of which the second often differs from the first in one field alone. */
function twoOf(named: Named): fc.Arbitrary<readonly [Fields, Fields]> {
  const names = Object.keys(named.identity);
  return fc
    .tuple(identityOf(named), identityOf(named), fc.constantFrom(undefined, ...names))
    .map(([one, other, name]) => [
      one,
      name === undefined ? other : { ...one, [name]: other[name] ?? json('null') },
    ]);
}

const CASES = KINDS.map((named, at) => [`${named.kind} (${at})`, named] as const);

test.each(CASES)(
  '%s: two events that differ in anything that names them have two ids',
  async (_, named) => {
    await fc.assert(
      fc.asyncProperty(twoOf(named), fc.boolean(), async ([one, other], asText) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const first = await admitted(fill(named.template, one, asText), RECEIVED_MS);
        const second = await admitted(fill(named.template, other, asText), RECEIVED_MS);
        expect(first).toMatchObject({ kind: named.kind, retryOf: undefined });
        expect(second.id).not.toBe(first.id);
      }),
      runs(150),
    );
  },
  LONG_MS,
);

test.each(CASES)(
  '%s: one event has one id for ever, however its ids are spelled',
  async (_, named) => {
    const later = fc.integer({ min: 1, max: 3_000 });
    await fc.assert(
      fc.asyncProperty(identityOf(named), later, word, async (fields, days, note) => {
        const first = await admitted(fill(named.template, fields, false), RECEIVED_MS);
        const respelled = fill(named.template, { ...fields, note }, true);
        const again = await admitted(respelled, RECEIVED_MS - days * DAY_MS);
        expect(again).toMatchObject({ id: first.id, retryOf: undefined });
      }),
      runs(150),
    );
  },
  LONG_MS,
);

test.each(CASES)(
  '%s: what means none names nothing',
  async (_, named) => {
    const nameless = fc
      .tuple(identityOf(named), fc.record(named.none), fc.record(named.none))
      .map(([fields, one, other]): [Fields, Fields] => [
        { ...fields, ...one },
        { ...fields, ...other },
      ]);
    await fc.assert(
      fc.asyncProperty(nameless, word, word, async ([one, other], note, otherNote) => {
        const body = fill(named.template, { ...one, note }, true);
        const otherBody = fill(named.template, { ...other, note: otherNote }, true);
        const first = await admitted(body, RECEIVED_MS);
        expect(first).toMatchObject({ kind: named.kind, retryOf: { ids: expect.anything() } });
        // The same bytes are a retry within ten seconds, and another event after; other bytes are always another.
        const later = await admitted(body, RECEIVED_MS + 2 * RETRY_MS);
        expect(idsOf(later)).not.toContain(first.id);
        const second = await admitted(otherBody, RECEIVED_MS);
        expect(idsOf(second).includes(first.id)).toBe(body === otherBody);
      }),
      runs(150),
    );
  },
  LONG_MS,
);

test.each(Object.entries(NAMELESS))(
  '%s: nothing names it, in a room or in none',
  async (kind, template) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(id, noRequiredId), word, async (room, note) => {
        const body = fill(template, { room, note }, true);
        const first = await admitted(body, RECEIVED_MS);
        const retried = await admitted(body, RECEIVED_MS + RETRY_MS - 1);
        const later = await admitted(body, RECEIVED_MS + 2 * RETRY_MS);
        expect(first.kind).toBe(kind);
        expect(idsOf(retried)).toContain(first.id);
        expect(idsOf(later)).not.toContain(first.id);
      }),
      runs(150),
    );
  },
  LONG_MS,
);
