import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalize } from '../../consumer/normalize/normalize.ts';
import { PERSONAL_COLUMNS } from '../../consumer/persist/personal-columns.ts';
import { erased } from '../../schemas/erase.ts';
import { recognize } from '../../schemas/recognize.ts';
import type { FactKind, Kind } from '../../schemas/webhooks.ts';

const folders = ['../samples/', '../field/'].map((each) => new URL(each, import.meta.url));
const bodies = folders.flatMap((folder) =>
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const),
);
const NOBODY = { ids: new Set<string>() };
const EVA = { ids: new Set(['eva@customers.example']) };

function factOf(kind: FactKind, payload: string): Record<string, unknown> {
  const head = {
    id: '0'.repeat(32),
    app: 'demo',
    kind,
    subject: '',
    occurredMs: 0,
    receivedMs: 0,
    outbox: 'demo/0',
  };
  const normalized = normalize({ ...head, sequence: 1 }, payload);
  if (normalized.outcome !== 'row') throw new Error(JSON.stringify(normalized));
  return normalized.row as unknown as Record<string, unknown>;
}

test.each(bodies)(
  'what is left of %s is a fact whose personal columns alone are empty, and is left again',
  (_, body) => {
    const { kind } = recognize(JSON.parse(body)) as { kind: FactKind };
    const left = erased({ kind, payload: body, isTheirs: true }, NOBODY);
    if (left === undefined) throw new Error('nothing was erased');
    const before = factOf(kind, body);
    const after = factOf(kind, left.payload);
    const personal = Object.keys(PERSONAL_COLUMNS[kind]);
    for (const name of personal)
      expect([after[name]], name).toEqual([typeof before[name] === 'string' ? '' : {}]);
    const rest = (row: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !personal.includes(name)));
    expect(rest(after)).toEqual(rest(before));
    expect(erased({ kind, payload: left.payload, isTheirs: true }, NOBODY)).toBeUndefined();
  },
);

describe('a person', () => {
  const of = (body: object, kind: Kind = 'message') => {
    const left = erased({ kind, payload: JSON.stringify(body), isTheirs: false }, EVA);
    return left === undefined ? undefined : [left.isTheirs, JSON.parse(left.payload)];
  };
  const id = 'eva@customers.example';

  test('who wrote is found, and the event is theirs', () => {
    expect(of({ type: 't', payload: { from: { email: id }, room: { id: 1 }, more: 'x' } })).toEqual([
      true,
      { erased: true, type: 't', payload: { from: {}, room: { id: 1 } } },
    ]);
  });

  test('who is one of several in a list loses the entry, and the event stays', () => {
    const room = { id: 1, participants: [{ email: id, username: 'Eva' }, { email: 'adam' }] };
    expect(of({ payload: { from: { email: 'adam' }, room } })).toEqual([
      false,
      {
        erased: true,
        payload: { from: { email: 'adam' }, room: { id: 1, participants: [{ email: 'adam' }] } },
      },
    ]);
  });

  test('is found where no field is known, in JSON in a string too, and nobody else is', () => {
    const room = { id: 1, options: JSON.stringify({ of: [id, 'x'] }) };
    expect(of({ payload: { room }, new: { contact: id } })).toEqual([
      false,
      { erased: true, payload: { room: { id: 1, options: '{"of":["x"]}' } }, new: {} },
    ]);
    expect(of({ payload: { from: { email: 'eva' }, room: { id: 1 } }, text: `to ${id}` })).toBeUndefined();
  });

  test('is found in what nobody recognized, however it is spelled, and nothing of that stays', () => {
    const payload = `{"a":[{"b":"${id.replace('@', '\\u0040')}"}]}`;
    expect(erased({ kind: 'unrecognized', payload, isTheirs: false }, EVA)?.payload).toBe('{"erased":true}');
    expect(
      erased({ kind: 'unrecognized', payload: '{"a":"\\u0041"}', isTheirs: false }, EVA),
    ).toBeUndefined();
  });

  test('who has a short id is looked for in fields that hold ids alone', () => {
    const short = { ids: new Set(['7']) };
    const body = { payload: { from: { id: 7, email: 'a' }, room: { id: 7 }, message: { id: 7 } } };
    const other = { ...body, payload: { ...body.payload, from: { id: 8 } } };
    const find = (each: object) =>
      erased({ kind: 'message', payload: JSON.stringify(each), isTheirs: false }, short);
    expect(find(body)?.isTheirs).toBe(true);
    expect(find(other)).toBeUndefined();
  });

  test('in a body that is nested too deep to be looked through, all of it goes', () => {
    const payload = `{"payload":{"room":{"id":1}},"a":${'['.repeat(200_000)}"${id}"${']'.repeat(200_000)}}`;
    expect(erased({ kind: 'message', payload, isTheirs: false }, EVA)?.payload).toBe(
      '{"erased":true,"payload":{"room":{"id":1}}}',
    );
  });
});
