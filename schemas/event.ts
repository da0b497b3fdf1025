import { type } from 'arktype';
import { rfc3339 } from './date-time.ts';
import { KINDS, type Kind } from './webhooks.ts';

/** What is known of an event beside its payload. */
export interface EventHead {
  /** 32 hex digits: the same for every redelivery. */
  readonly id: string;
  readonly app: string;
  readonly kind: Kind;
  /** The room or user id whose events keep their order; an unrecognized event's own id. */
  readonly subject: string;
  /** When it happened, milliseconds since 1970. */
  readonly occurredMs: number;
  /** When it was received, milliseconds since 1970. */
  readonly receivedMs: number;
  /** The outbox that accepted it, `{app}/{shard}`. */
  readonly outbox: string;
  /** Its place among all that this outbox accepted: 1, 2, 3, … without gaps. */
  readonly sequence: number;
  /** W3C trace context, where the request had one. */
  readonly traceparent?: string | undefined;
  /** Its link in the chain of its outbox (see chain.ts); an event that an earlier release accepted has none. */
  readonly chain?: string | undefined;
}

/**
 * One accepted webhook, as it stands in the outbox and travels on the stream. Its id, times and place in the outbox
 * were fixed once, when it was stored: whoever sees it again, after a retry or a crash, sees the same event.
 */
export interface StreamEvent extends EventHead {
  /** The webhook's body as it was sent, JSON, less its secrets. */
  readonly payload: string;
}

/** An event as a Kafka message: CloudEvents 1.0, Kafka protocol binding, binary mode. */
export interface EventMessage {
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

const TYPE_PREFIX = 'com.qiscus.omnichannel.';
const SOURCE_PREFIX = '/qiscus/';
const SEQUENCE_DIGITS = 20;

/** The Kafka message of an event. */
export function toMessage(event: StreamEvent): EventMessage {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: `${TYPE_PREFIX}${event.kind}`,
    ce_source: `${SOURCE_PREFIX}${event.app}`,
    ce_subject: event.subject,
    ce_time: new Date(event.occurredMs).toISOString(),
    ce_receivedtime: new Date(event.receivedMs).toISOString(),
    ce_outbox: event.outbox,
    ce_sequence: String(event.sequence).padStart(SEQUENCE_DIGITS, '0'),
    'content-type': 'application/json',
  };
  if (event.chain !== undefined) headers.ce_chain = event.chain;
  if (event.traceparent !== undefined) headers.traceparent = event.traceparent;
  return { key: `${event.app}:${event.subject}`, value: event.payload, headers };
}

/** What a consumer gets from Kafka; header values as text. */
export interface ReceivedMessage {
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const MEANT_TIME = 'a time of RFC 3339 between 1900 and 2298';
// Nothing in it is a morph or a function: those make a check fifty times as slow, and it is done for each message.
const eventHeaders = type({
  ce_specversion: "'1.0'",
  ce_id: /^[0-9a-f]{32}$/,
  ce_type: type.enumerated(...KINDS.map((kind) => `${TYPE_PREFIX}${kind}` as const)),
  ce_source: /^\/qiscus\/.+$/,
  ce_subject: 'string',
  ce_time: 'string',
  ce_receivedtime: 'string',
  ce_outbox: /^.+\/\d+$/,
  ce_sequence: /^\d{20}$/,
  'ce_chain?': '/^[0-9a-f]{64}$/ | undefined',
  'traceparent?': 'string | undefined',
});

/** Why a Kafka message is not one of our events; names headers, never their content. */
export interface NotAnEvent {
  readonly problem: string;
}

/** Reads a Kafka message back into the event that it carries. */
export function fromMessage({ value, headers }: ReceivedMessage): StreamEvent | NotAnEvent {
  if (value === null) return { problem: 'the message has no value' };
  const head = readHead(headers);
  return isEvent(head) ? { ...head, payload: value } : head;
}

/** Reads what a Kafka message's headers tell of the event that it carries. */
export function readHead(received: ReceivedMessage['headers']): EventHead | NotAnEvent {
  const headers = eventHeaders(received);
  if (headers instanceof type.errors) {
    return misfit(headers.map(({ path, expected }) => `${path.join('.')} must be ${expected}`));
  }
  const occurredMs = rfc3339(headers.ce_time);
  const receivedMs = rfc3339(headers.ce_receivedtime);
  const sequence = Number(headers.ce_sequence);
  // A number beyond would be rounded to that of another event.
  const isSafe = Number.isSafeInteger(sequence);
  if (occurredMs === undefined || receivedMs === undefined || !isSafe) {
    return misfit([
      ...(isSafe ? [] : ['ce_sequence must be at most 2^53 - 1']),
      ...(occurredMs === undefined ? [`ce_time must be ${MEANT_TIME}`] : []),
      ...(receivedMs === undefined ? [`ce_receivedtime must be ${MEANT_TIME}`] : []),
    ]);
  }
  return {
    id: headers.ce_id,
    app: headers.ce_source.slice(SOURCE_PREFIX.length),
    kind: headers.ce_type.slice(TYPE_PREFIX.length) as Kind,
    subject: headers.ce_subject,
    occurredMs,
    receivedMs,
    outbox: headers.ce_outbox,
    sequence,
    chain: headers.ce_chain,
    traceparent: headers.traceparent,
  };
}

function misfit(problems: readonly string[]): NotAnEvent {
  return { problem: `its CloudEvents headers do not fit: ${problems.join(', ')}` };
}

/** Tells an event from the reason why something is none. */
export function isEvent<Event extends EventHead>(result: Event | NotAnEvent): result is Event {
  return 'id' in result;
}
