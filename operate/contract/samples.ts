import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linkOf, NO_LINK } from '../../schemas/chain.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import { identify } from '../../schemas/identify.ts';
import { isJsonObject, parseJson } from '../../schemas/json.ts';
import { occurredAt, recognize } from '../../schemas/recognize.ts';
import { createRedactor } from '../../worker/admit/redact.ts';
import { SECRET_KEYS } from '../../worker/config.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'test', 'samples');
const NAMES = [
  'agent-logout.admin',
  'agent-logout.agent',
  'agent-logout.supervisor',
  'session',
  'resolution',
  'message',
  'allocation',
  'custom-button',
];
const UNRECOGNIZED = '{"webhook_type":"SOMETHING_NEW","room_id":1}';
const APP = 'demo';
const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);

/** The vendor's samples as the events that the edge makes of them, less what only JSON's layout holds. */
export async function sampleEvents(): Promise<ReadonlyMap<string, StreamEvent>> {
  const bodies = await Promise.all(NAMES.map((name) => readFile(join(SAMPLES, `${name}.json`), 'utf8')));
  const named = [
    ...NAMES.map((name, at) => [name, bodies[at] ?? ''] as const),
    ['unrecognized', UNRECOGNIZED],
  ];
  let link = NO_LINK;
  const events = named.map(([name = '', body = ''], at): [string, StreamEvent] => {
    const event = eventOf(name, body, at + 1);
    link = linkOf(link, event);
    return [name, { ...event, chain: link }];
  });
  return new Map(events);
}

function eventOf(name: string, body: string, sequence: number): StreamEvent {
  const json = parseJson(body);
  if (!isJsonObject(json)) throw new Error(`the sample ${name} is no JSON object`);
  const recognized = recognize(json);
  if (recognized.kind !== name.split('.')[0]) throw new Error(`the sample ${name} is not recognized`);
  const { id } = identify({ app: APP, recognized, body, receivedMs: RECEIVED_MS });
  return {
    id,
    app: APP,
    kind: recognized.kind,
    subject: recognized.kind === 'unrecognized' ? id : recognized.subject,
    occurredMs: occurredAt(recognized, RECEIVED_MS),
    receivedMs: RECEIVED_MS,
    outbox: `${APP}/0`,
    sequence,
    payload: JSON.stringify(JSON.parse(createRedactor(SECRET_KEYS)(body))),
  };
}

/** The events as a TypeScript file of the package. */
export function samplesFile(samples: ReadonlyMap<string, StreamEvent>): string {
  const names = [...samples.keys()].map((name) => `  | '${name}'`).join('\n');
  return [
    "import type { StreamEvent } from '../event.ts';\n",
    `/** A sample's name: its kind, and which one where there are several. */\nexport type SampleName =\n${names};\n`,
    "/** The vendor's samples as events. */",
    `export const SAMPLES: Readonly<Record<SampleName, StreamEvent>> = ${JSON.stringify(Object.fromEntries(samples), null, 2)};\n`,
  ].join('\n');
}
