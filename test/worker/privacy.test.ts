import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalize } from '../../consumer/normalize/normalize.ts';
import { PERSONAL_CLASSES } from '../../schemas/personal.ts';
import { WEBHOOKS } from '../../schemas/webhooks.ts';
import { type Admitted, admit } from '../../worker/admit/admit.ts';
import { createAuthenticator } from '../../worker/admit/authenticate.ts';
import { createPrivacy } from '../../worker/admit/private/privacy.ts';
import { createRedactor } from '../../worker/admit/redact.ts';
import { readSettings } from '../../worker/config.ts';

const KEY = 'k3y-of-thirty-two-characters-or-more!';
const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
const SAMPLES = new URL('../samples/', import.meta.url);
const FIELD = new URL('../field/', import.meta.url);
const bodies = [SAMPLES, FIELD].flatMap((folder) =>
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const),
);

const GOOD = {
  KAFKA_BROKERS: 'a:1',
  WEBHOOK_TOKENS: '{"demo":["local-token"],"shop":["other-token"]}',
  ADMIN_TOKEN: 'local-admin',
};

/** Has a body admitted under rules for the app demo; with null, under none. */
async function admitted(body: string, rules: object | null, more: object = {}): Promise<Admitted['event']> {
  const privacy = rules === null ? {} : { PRIVACY: JSON.stringify({ demo: rules }), PRIVACY_KEY: KEY };
  const settings = readSettings({ ...GOOD, ...privacy, ...more });
  const ending = await admit(
    new Request('http://edge', {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer local-admin', 'x-received-at': new Date(RECEIVED_MS).toISOString() },
    }),
    { app: 'demo', token: 'local-token' },
    {
      authenticator: createAuthenticator(settings),
      redact: createRedactor(settings.REDACT_KEYS),
      privacy: createPrivacy(settings),
      settings,
    },
  );
  if (ending.outcome !== 'admitted') throw new Error(ending.outcome);
  return ending.event;
}

const factOf = (event: Admitted['event']) => {
  const normalized = normalize({ ...event, outbox: 'demo/0', sequence: 1 }, event.payload);
  if (normalized.outcome !== 'row') throw new Error(JSON.stringify(normalized));
  return normalized.row as unknown as Record<string, unknown>;
};

/** All that is anybody's in the samples: no rule for everything may let any of it through. */
const PERSONAL =
  /john doe|Susan|Halo|628xx|Hana|Agen|SPV|xxxx@|"x+"|xxxxx_admin|sudah|dewi|Customer Name|email_customer|customer@|any value|Tester|User1|user[12]@|ini pesan|avatar1|Pelanggan|62000|see this|first customer|second customer|example\.test|MARKER|qixxxx|qxxxxx|"Test"/;

describe.each(['drop', 'pseudonymize'] as const)('%s for all classes', (action) => {
  test.each(bodies)('leaves nothing personal in %s, which is still a fact of its kind', async (_, body) => {
    const before = await admitted(body, null);
    const after = await admitted(body, { '*': action });
    expect(after.kind).toBe(before.kind);
    expect(`${after.payload} ${after.subject}`).not.toMatch(PERSONAL);
    expect(JSON.stringify(factOf(after))).not.toMatch(PERSONAL);
    expect(after.occurredMs).toBe(before.occurredMs);
  });
});

test('a value has the same pseudonym wherever it stands, so that tables still join; another app gives another', async () => {
  const rules = { '*': 'pseudonymize' };
  const customer = '620000000001';
  const resolved = factOf(await admitted(read(FIELD, 'resolution-rewritten-email-2'), rules));
  const allocated = factOf(await admitted(read(FIELD, 'allocation-2023'), rules));
  expect(resolved.customer_id).toBe(allocated.customer_id);
  expect(resolved.customer_id).toMatch(/^\d{19}$/);
  expect(resolved.customer_id).not.toContain(customer);
  expect(resolved.agent_email).toBe(allocated.candidate_agent_email);
  expect(resolved.agent_email).toMatch(/^[0-9a-f]{32}@pseudonym\.invalid$/);
  expect([resolved.agent_id, resolved.agent_id]).toEqual([allocated.candidate_agent_id, resolved.agent_id]);
  expect(resolved.agent_id).toMatch(/^[1-8]\d{18}$/);
  expect(resolved.customer_name).toMatch(/^pseudonym-[0-9a-f]{32}$/);
  const settings = readSettings({
    ...GOOD,
    PRIVACY: JSON.stringify({ demo: rules, shop: rules }),
    PRIVACY_KEY: KEY,
  });
  const stored = [...createPrivacy(settings).values()].map(({ storedId }) => storedId(customer));
  expect(stored[0]).toBe(resolved.customer_id);
  expect(new Set(stored).size).toBe(2);
});

test('an id is keyed and the same for every redelivery, whatever the rules take out, and is not the plain hash', async () => {
  const body = read(SAMPLES, 'session');
  const plain = await admitted(body, null);
  const dropped = await admitted(body, { 'customer-id': 'drop' });
  const again = await admitted(body, { '*': 'pseudonymize' });
  expect(dropped.id).toBe(again.id);
  expect(dropped.id).toMatch(/^[0-9a-f]{32}$/);
  expect(dropped.id).not.toBe(plain.id);
  const other = await admitted(body.replace('2023-09-20T04:39:59Z', '2023-09-20T04:40:59Z'), { '*': 'drop' });
  expect(other.id).not.toBe(dropped.id);
  const button = await admitted(read(SAMPLES, 'custom-button'), { '*': 'drop' });
  expect(button.retryOf?.ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  expect(button.retryOf?.ids).not.toContain(
    (await admitted(read(SAMPLES, 'custom-button'), null)).retryOf?.ids[0],
  );
});

test('the key of a logout is the pseudonym of its agent; dropped, it is 0, and the event still a logout', async () => {
  const body = read(SAMPLES, 'agent-logout.agent');
  const named = await admitted(body, { 'agent-id': 'pseudonymize' });
  expect(named.subject).toMatch(/^[1-8]\d{18}$/);
  expect(factOf(named).user_id).toBe(named.subject);
  const dropped = await admitted(body, { 'agent-id': 'drop' });
  expect([dropped.kind, dropped.subject, factOf(dropped).user_id]).toEqual(['agent-logout', '0', '0']);
});

test('what no rule is for stays byte for byte, and an app without rules pays nothing', async () => {
  const odd =
    '{ "webhook_type":"NEW_SESSION_WEBHOOK", "x":[1.0, "\\u00e9"],"payload":{"room":{"id":12345678901234567890},\n "from":{"name":"Eva" ,"email":"e"}, "from":{"na\\u006de":"Eva", "n":1}}}';
  const event = await admitted(odd, { 'customer-name': 'drop' });
  expect(event.payload).toBe(
    '{ "webhook_type":"NEW_SESSION_WEBHOOK", "x":[1.0, "\\u00e9"],"payload":{"room":{"id":12345678901234567890},\n "from":{"email":"e"}, "from":{"n":1}}}',
  );
  const kept = readSettings({ ...GOOD, PRIVACY: '{"demo":{"*":"keep"},"shop":{}}' });
  expect(createPrivacy(kept).size).toBe(0);
});

test('a path has the last word over a class, and a class over *', async () => {
  const body = read(SAMPLES, 'session');
  const { payload } = await admitted(body, {
    '*': 'drop',
    'message-text': 'keep',
    '$.payload.room.name': 'pseudonymize',
    '$.room_log.extras.user_properties[*].key': 'drop',
    '$.payload.room.participants[*].email': 'keep',
  });
  const { payload: seen, room_log: log } = JSON.parse(payload);
  expect(seen.message.text).toBe('Halo');
  expect(seen.room.name).toMatch(/^pseudonym-/);
  expect(log.extras).toEqual({ user_properties: [{}] });
  expect(seen.room.participants).toHaveLength(2);
  expect(seen.from).toEqual({});
  expect(JSON.parse(seen.room.options).channel_details).toEqual({ channel_id: 1000, name: 'IsuzuIndonesia' });
});

test.each([
  ['an object where a text is known', '{"room_id":1,"name":{"first":"Eva"},"candidate_agent":null}'],
  ['a list in a list', '{"a":[[{"email":"Eva"}]],"from":{"id":"Eva"}}'],
  [
    'JSON in a string in a string',
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ name: 'Eva' }) }) }),
  ],
  ['names in capitals and escaped', '{"NAME":"Eva","us\\u0065r_id":"Eva","Notes":"Eva"}'],
  [
    'properties that are no list',
    '{"room_id":1,"agent":{},"tag":[],"customer_properties":"Eva","additional_info":["Eva"]}',
  ],
  ['properties of another form', '{"room_id":1,"agent":{},"tag":[],"customer_properties":{"a":["Eva"]}}'],
  [
    'extras that nobody knows',
    '{"room_id":1,"candidate_agent":null,"extras":"{\\"more\\":{\\"of\\":\\"Eva\\"}}"}',
  ],
])('%s: nothing gets through', async (_, body) => {
  for (const action of ['drop', 'pseudonymize']) {
    const { payload } = await admitted(body, { '*': action });
    expect(payload).not.toContain('Eva');
    JSON.parse(payload);
  }
});

test('a rule that takes what a kind needs leaves an unrecognized event, told in the answer, and no dead letter', async () => {
  const event = await admitted(read(SAMPLES, 'session'), { '$.payload.room.id': 'drop' });
  expect([event.kind, event.subject]).toEqual(['unrecognized', event.id]);
});

test('pseudonyms that would make a body too large are left out instead', async () => {
  const participants = Array.from({ length: 60 }, (_, index) => ({ email: `e${index}` }));
  const body = JSON.stringify({
    webhook_type: 'NEW_SESSION_WEBHOOK',
    payload: { room: { id: 1, participants } },
  });
  const { payload } = await admitted(body, { '*': 'pseudonymize' }, { MAX_BODY_BYTES: String(body.length) });
  expect(payload).not.toContain('pseudonym');
  expect(JSON.parse(payload).payload.room.participants).toHaveLength(60);
});

test('a body nested as deep as its cap allows is gone through', async () => {
  const deep = `{"email":${'['.repeat(200_000)}${']'.repeat(200_000)},"a":${'{"a":'.repeat(50_000)}{"email":"Eva"}${'}'.repeat(50_000)}}`;
  expect((await admitted(deep, { '*': 'drop' })).payload).not.toContain('Eva');
});

describe('settings', () => {
  const refusal = (settings: object): string => {
    try {
      readSettings({ ...GOOD, ...settings });
      return '';
    } catch (error) {
      return String(error);
    }
  };
  const rules = '{"demo":{"customer-name":"pseudonymize"}}';

  test.each([
    ['no key', { PRIVACY: rules }, 'PRIVACY_KEY must be a secret of 32 characters'],
    ['a short key', { PRIVACY: rules, PRIVACY_KEY: 'short' }, 'PRIVACY_KEY must be'],
    ['a key of one character', { PRIVACY: rules, PRIVACY_KEY: 'a'.repeat(40) }, 'PRIVACY_KEY must be'],
    [
      'the administrator’s token as key',
      { PRIVACY: rules, PRIVACY_KEY: KEY, ADMIN_TOKEN: KEY },
      'PRIVACY_KEY must be another',
    ],
    [
      'no key for dropping either, since ids are keyed',
      { PRIVACY: '{"demo":{"*":"drop"}}' },
      'PRIVACY_KEY must be',
    ],
    ['no JSON', { PRIVACY: 'demo' }, 'PRIVACY must be JSON'],
    ['a class that is none', { PRIVACY: '{"demo":{"customer-nmae":"drop"}}' }, 'PRIVACY must be JSON'],
    ['a path that is none', { PRIVACY: '{"demo":{"$.a..b":"drop"}}' }, 'PRIVACY must be JSON'],
    ['an action that is none', { PRIVACY: '{"demo":{"*":"hide"}}' }, 'PRIVACY must be JSON'],
    ['an app without tokens', { PRIVACY: '{"dmeo":{"*":"keep"}}' }, 'PRIVACY must be for apps'],
  ])('%s stops the start, with its name and not its content', (_, settings, told) => {
    const said = refusal(settings);
    expect(said).toContain(told);
    expect(said).not.toContain(KEY);
    expect(said).not.toMatch(/nmae|hide|dmeo|aaaa|short/);
  });

  test('good ones are taken', () => {
    expect(refusal({ PRIVACY: rules, PRIVACY_KEY: KEY })).toBe('');
    expect(refusal({ PRIVACY: '{"demo":{"*":"keep"}}' })).toBe('');
    expect(refusal({ PRIVACY: '{}' })).toBe('');
  });
});

test('every field of every sample is declared, or known not to be of use to anybody here', () => {
  const ofNoUse =
    /(^|\.)(is_public_channel|topic_id|topic_id_str|has_no_message|resolved|room_badge|app_id|authentication_token|sdk_email|sdk_key|qismo_key|direct_login_token|encryption_key|notifications_room_id|bubble_color|assigned_rules\[\*\]|room_log_id|is_new_session|retrieved_at|first_comment_timestamp|comment_before_id|comment_before_id_str|disable_link_preview|id_str|created_at|updated_at|room_id|is_available|is_verified|is_resolved|type|type_as_string|force_offline|last_login|first_comment_id|last_comment_id)$/;
  const undeclared = bodies.flatMap(([, body]) => {
    const json = JSON.parse(body);
    const webhook = WEBHOOKS.find(({ claims }) => claims(json));
    const known = Object.keys(webhook?.fields ?? {});
    const covers = (path: string) =>
      known.some((each) => each === path || (webhook?.fields[each] !== 'plain' && path.startsWith(each)));
    return leaves(json).filter((path) => !covers(path) && !ofNoUse.test(path));
  });
  expect([...new Set(undeclared)]).toEqual([]);
  expect(new Set(WEBHOOKS.flatMap(({ fields }) => Object.values(fields).flat()))).toEqual(
    new Set(['plain', ...PERSONAL_CLASSES]),
  );
});

function leaves(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => leaves(one, `${path}[*]`));
  if (typeof value === 'string' && /^(\{|\[\{)/.test(value)) return leaves(JSON.parse(value), path);
  if (typeof value !== 'object' || value === null) return value === null ? [] : [path];
  return Object.entries(value).flatMap(([name, one]) => leaves(one, path === '' ? name : `${path}.${name}`));
}

function read(folder: URL, name: string): string {
  return readFileSync(new URL(`${name}.json`, folder), 'utf8');
}
