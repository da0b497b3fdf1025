import { type } from 'arktype';
import { rfc3339 } from './date-time.ts';
import { KINDS, type Kind } from './webhooks.ts';

/**
 * One accepted webhook, as it stands in the outbox and travels on the stream. Its id, times and place in the outbox
 * were fixed once, when it was stored: whoever sees it again, after a retry or a crash, sees the same event.
 */
export interface StreamEvent {
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
  /** The webhook's body as it was sent, JSON, less its secrets. */
  readonly payload: string;
  /** W3C trace context, where the request had one. */
  readonly traceparent?: string | undefined;
}

/** An event as a Kafka message: CloudEvents 1.0, Kafka protocol binding, binary mode. */
export interface EventMessage {
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

const TYPE_PREFIX = 'com.qiscus.omnichannel.';
const SEQUENCE_DIGITS = 20;

/** The Kafka message of an event. */
export function toMessage(event: StreamEvent): EventMessage {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: `${TYPE_PREFIX}${event.kind}`,
    ce_source: `/qiscus/${event.app}`,
    ce_subject: event.subject,
    ce_time: new Date(event.occurredMs).toISOString(),
    ce_receivedtime: new Date(event.receivedMs).toISOString(),
    ce_outbox: event.outbox,
    ce_sequence: String(event.sequence).padStart(SEQUENCE_DIGITS, '0'),
    'content-type': 'application/json',
  };
  if (event.traceparent !== undefined) headers.traceparent = event.traceparent;
  return { key: `${event.app}:${event.subject}`, value: event.payload, headers };
}

/** What a consumer gets from Kafka; header values as text. */
export interface ReceivedMessage {
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const timeHeader = type('string').pipe((spelled, context) => {
  return rfc3339(spelled) ?? context.error('a time of RFC 3339 between 1900 and 2298');
});
// A number beyond would be rounded to that of another event.
const sequenceHeader = type(/^\d{20}$/).pipe((digits, context) => {
  const sequence = Number(digits);
  return Number.isSafeInteger(sequence) ? sequence : context.error('at most 2^53 - 1');
});
const kindHeader = type.enumerated(...KINDS.map((kind) => `${TYPE_PREFIX}${kind}` as const));
const eventHeaders = type({
  ce_specversion: "'1.0'",
  ce_id: /^[0-9a-f]{32}$/,
  ce_type: kindHeader,
  ce_source: /^\/qiscus\/.+$/,
  ce_subject: 'string',
  ce_time: timeHeader,
  ce_receivedtime: timeHeader,
  ce_outbox: /^.+\/\d+$/,
  ce_sequence: sequenceHeader,
  'traceparent?': 'string | undefined',
});

/** Why a Kafka message is not one of our events; names headers, never their content. */
export interface NotAnEvent {
  readonly problem: string;
}

/** Reads a Kafka message back into the event that it carries. */
export function fromMessage(message: ReceivedMessage): StreamEvent | NotAnEvent {
  if (message.value === null) return { problem: 'the message has no value' };
  const headers = eventHeaders(message.headers);
  if (headers instanceof type.errors) {
    const names = headers.map(({ path, expected }) => `${path.join('.')} must be ${expected}`);
    return { problem: `its CloudEvents headers do not fit: ${names.join(', ')}` };
  }
  return {
    id: headers.ce_id,
    app: headers.ce_source.slice('/qiscus/'.length),
    kind: headers.ce_type.slice(TYPE_PREFIX.length) as Kind,
    subject: headers.ce_subject,
    occurredMs: headers.ce_time,
    receivedMs: headers.ce_receivedtime,
    outbox: headers.ce_outbox,
    sequence: headers.ce_sequence,
    payload: message.value,
    traceparent: headers.traceparent,
  };
}

/** Tells the two answers of `fromMessage` apart. */
export function isEvent(result: StreamEvent | NotAnEvent): result is StreamEvent {
  return 'id' in result;
}
