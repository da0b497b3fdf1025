import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Delivery } from './simulator/simulate.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'test', 'samples');
const SAMPLES: readonly [file: string, kind: Kind][] = [
  ['agent-logout.admin', 'agent-logout'],
  ['agent-logout.agent', 'agent-logout'],
  ['agent-logout.supervisor', 'agent-logout'],
  ['session', 'session'],
  ['message', 'message'],
  ['allocation', 'allocation'],
  ['custom-button', 'custom-button'],
  ['resolution', 'resolution'],
];

/** When the youngest of the samples was recorded. Always the same, so that sent again they are known. */
const RECORDED_MS = Date.parse('2023-09-20T04:40:00Z');

/** The vendor's eight sample payloads, as they stand on its page. */
export function samplesFor(app: string): Delivery[] {
  return SAMPLES.map(([file, kind]) => ({
    kind,
    app,
    key: file,
    receivedMs: RECORDED_MS,
    body: readFileSync(join(FOLDER, `${file}.json`), 'utf8'),
    isRedelivery: false,
  }));
}
