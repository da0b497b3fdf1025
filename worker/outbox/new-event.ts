import type { RetryOf } from '../../schemas/identify.ts';
import type { Kind } from '../../schemas/webhooks.ts';

/** By what an outbox tells whether it has an event already. */
export interface Known {
  readonly id: string;
  readonly retryOf: RetryOf | undefined;
}

/** An admitted event, before an outbox has given it its place on the stream. */
export interface NewEvent {
  /** 32 hex digits. */
  readonly id: string;
  readonly retryOf: RetryOf | undefined;
  readonly app: string;
  readonly kind: Kind;
  /** The room or user id whose events keep their order; an unrecognized event's own id. */
  readonly subject: string;
  /** Milliseconds since 1970, as all times here. */
  readonly occurredMs: number;
  readonly receivedMs: number;
  /** The webhook's body as it was sent, JSON, less its secrets. */
  readonly payload: string;
  /** W3C trace context, where the request had one. */
  readonly traceparent: string | undefined;
}

/** Where a sender takes an event: an outbox, `{app}/{shard}`, by the layout of that generation. */
export interface Place {
  readonly outbox: string;
  readonly generation: number;
  /** Whether it was taken there before and no answer came: what was stored then is no duplicate. */
  readonly isUnanswered?: boolean;
}
