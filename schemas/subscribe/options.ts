import type { KafkaConfig } from 'kafkajs';
import type { QiscusEvent } from '../decode.ts';
import { pipelineTopics, topicOf } from '../topics.ts';
import { KINDS, type Kind } from '../webhooks.ts';
import type { Gap } from './gaps.ts';

/** What a subscriber wants. */
export interface SubscribeOptions<K extends Kind = Kind> {
  /** `host:port` of one or more brokers; for TLS and logins, give `kafka` instead. */
  readonly brokers?: string | readonly string[];
  /** kafkajs's settings of a connection: `brokers`, `ssl`, `sasl`, `logLevel` and so on. */
  readonly kafka?: KafkaConfig;
  /** The kinds to receive; all of them where gaps are to be told. */
  readonly kinds: readonly K[];
  /** The consumer group: its members share the events, and go on where they stopped. */
  readonly group: string;
  /**
   * Handles one event; it is done when this returns or its promise resolves, and only then may its offset be committed.
   * What it throws is tried again, then the event goes to the dead-letter topic. Events with the same key come one
   * after the other, others at the same time. After a kill, or when a partition moves while an event is being handled,
   * that event comes once more: `event.id` tells.
   */
  readonly onEvent: (event: Extract<QiscusEvent, { kind: K }>, context: EventContext) => unknown;
  /** Where a group that is new begins; `beginning` when absent. */
  readonly from?: 'beginning' | 'now';
  /** Before each topic's name; `qiscus.` when absent. */
  readonly topicPrefix?: string;
  /** How many events are handled at a time at the most; 16 when absent. */
  readonly concurrency?: number;
  /** How often an event is tried again, after 0.1 s at first and 5 s at the most; 5 when absent. */
  readonly retries?: number;
  /** What failed for good, made when it is missing; `{group}.dead-letter` when absent. */
  readonly deadLetterTopic?: string;
  /**
   * Among how many events of a partition, the last ones, one that comes again is known and left out; they are read once
   * more when a partition is taken over. 1,000 when absent, 0 for none.
   */
  readonly duplicateWindow?: number;
  /**
   * Told sequence numbers of an outbox that did not come. Only a member that has all partitions of all kinds can tell:
   * the numbers run through all of them.
   */
  readonly onGap?: (gap: Gap) => void;
  /** How long a number may be late before it is told, in milliseconds; 60,000 when absent. */
  readonly gapAfterMs?: number;
  /** Told whatever goes wrong; by default a line on the error stream, without the event's content. */
  readonly onTrouble?: (trouble: Trouble) => void;
  /** How long handlers may take to end when the subscription stops, in milliseconds; 20,000 when absent. */
  readonly stopGraceMs?: number;
}

/** What a handler is given beside its event. */
export interface EventContext {
  /** Aborted when the event is another member's now, or the subscription stops and cannot wait any longer. */
  readonly signal: AbortSignal;
  /** 0 at first; counts how often the event was tried before. */
  readonly attempt: number;
}

/** Something went wrong, and what is done about it. */
export interface Trouble {
  readonly what: string;
  readonly error?: unknown;
  /** Whose it is, if it is one event's. */
  readonly event?: QiscusEvent;
}

/** A subscription cannot be made, or cannot go on; the message says why and what to do. */
export class SubscribeError extends Error {
  override readonly name = 'SubscribeError';
}

/** Options with nothing left open. */
export interface Plan {
  readonly kafka: KafkaConfig;
  readonly kinds: ReadonlySet<Kind>;
  readonly topics: readonly string[];
  readonly group: string;
  readonly onEvent: (event: QiscusEvent, context: EventContext) => unknown;
  readonly from: 'beginning' | 'now';
  readonly concurrency: number;
  readonly retries: number;
  readonly deadLetterTopic: string;
  readonly duplicateWindow: number;
  readonly onGap: ((gap: Gap) => void) | undefined;
  readonly gapAfterMs: number;
  readonly onTrouble: (trouble: Trouble) => void;
  readonly stopGraceMs: number;
}

/** @throws SubscribeError naming the option that does not fit */
export function planOf<K extends Kind>(options: SubscribeOptions<K>): Plan {
  const { group, kinds, topicPrefix = 'qiscus.', onGap } = options;
  const unknown = kinds.filter((kind) => !KINDS.includes(kind));
  if (kinds.length === 0 || unknown.length > 0) {
    throw new SubscribeError(`kinds must be one or more of ${KINDS.join(', ')}`);
  }
  if (typeof group !== 'string' || group === '') {
    throw new SubscribeError("group must be the name of your team's consumer group");
  }
  if (onGap !== undefined && new Set(kinds).size < KINDS.length) {
    throw new SubscribeError(
      'onGap needs all kinds: sequence numbers run through all of them. Give kinds: KINDS',
    );
  }
  const deadLetterTopic = options.deadLetterTopic ?? `${group}.dead-letter`;
  if (pipelineTopics(topicPrefix).includes(deadLetterTopic)) {
    throw new SubscribeError(
      'deadLetterTopic must be a topic of your own, and none that the pipeline itself reads',
    );
  }
  return {
    kafka: connectionOf(options),
    kinds: new Set<Kind>(kinds),
    topics: [...new Set(kinds)].map((kind) => topicOf(topicPrefix, kind)),
    group,
    // Only events of these kinds are handed over.
    onEvent: options.onEvent as Plan['onEvent'],
    from: options.from ?? 'beginning',
    concurrency: count(options, 'concurrency', 16, 1),
    retries: count(options, 'retries', 5, 0),
    deadLetterTopic,
    duplicateWindow: count(options, 'duplicateWindow', 1_000, 0),
    onGap,
    gapAfterMs: count(options, 'gapAfterMs', 60_000, 0),
    onTrouble: options.onTrouble ?? tellTrouble,
    stopGraceMs: count(options, 'stopGraceMs', 20_000, 0),
  };
}

function connectionOf({ brokers, kafka }: Pick<SubscribeOptions, 'brokers' | 'kafka'>): KafkaConfig {
  if ((brokers === undefined) === (kafka === undefined)) {
    throw new SubscribeError('give brokers, such as "kafka-1:9092,kafka-2:9092", or kafka, but not both');
  }
  if (kafka !== undefined) return kafka;
  const list = (typeof brokers === 'string' ? brokers.split(',') : [...(brokers ?? [])])
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  if (list.length === 0) throw new SubscribeError('brokers must be one or more of host:port');
  return { brokers: list };
}

type Counts = 'concurrency' | 'retries' | 'duplicateWindow' | 'gapAfterMs' | 'stopGraceMs';

function count(options: Pick<SubscribeOptions, Counts>, name: Counts, usual: number, least: number): number {
  const value = options[name] ?? usual;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new SubscribeError(`${name} must be a whole number, ${least} or more`);
}

/** Without the error's text, which may quote the event. */
function tellTrouble({ what, error, event }: Trouble): void {
  const whose = event === undefined ? '' : ` (${event.kind} ${event.id})`;
  const why = error instanceof Error ? `: ${error.name}` : '';
  console.error(`qiscus-stream-events: ${what}${whose}${why}`);
}
