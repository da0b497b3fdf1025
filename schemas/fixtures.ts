import { type StreamEvent, toMessage } from './event.ts';
import { SAMPLES, type SampleName } from './generated/samples.ts';
import { topicOf } from './topics.ts';

/** A message of the stream as a client hands it over, and where it stands; kafkajs's producer takes it as it is. */
export interface Fixture {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** What a fixture has other than the sample of its name. A test's own `id` and `sequence` make it another event. */
export interface FixtureChanges {
  readonly id?: string;
  readonly app?: string;
  readonly subject?: string;
  /** Milliseconds since 1970. */
  readonly occurredMs?: number;
  /** Milliseconds since 1970. */
  readonly receivedMs?: number;
  readonly outbox?: string;
  readonly sequence?: number;
  readonly traceparent?: string;
  /** Its link in the chain of its outbox; a changed fixture has none unless it is given one. */
  readonly chain?: string;
  /** Takes the place of the sample's payload. */
  readonly payload?: object;
  /** `qiscus.` when absent. */
  readonly topicPrefix?: string;
}

/** The names of all fixtures: one for each kind, three for `agent-logout`. */
export const FIXTURE_NAMES = Object.keys(SAMPLES) as readonly SampleName[];

/** A message of the stream for a test, made of the vendor's sample of that name. */
export function fixture(name: SampleName, changes: FixtureChanges = {}): Fixture {
  const { payload, topicPrefix = 'qiscus.', ...head } = changes;
  const sample: StreamEvent = SAMPLES[name];
  const event: StreamEvent = {
    ...sample,
    chain: Object.keys(changes).length === 0 ? sample.chain : undefined,
    ...head,
    payload: payload === undefined ? sample.payload : JSON.stringify(payload),
  };
  const { key, value, headers } = toMessage(event);
  return {
    topic: topicOf(topicPrefix, event.kind),
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([each, text]) => [each, Buffer.from(text)])),
  };
}

export type { SampleName as FixtureName } from './generated/samples.ts';
