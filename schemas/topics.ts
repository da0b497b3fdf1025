import { isCanary } from './canary.ts';
import type { EventHead } from './event.ts';
import { KINDS, type Kind } from './webhooks.ts';

/** The topic of a kind, such as `qiscus.session`. */
export function topicOf(prefix: string, kind: Kind): string {
  return `${prefix}${kind}`;
}

/** The topic of the canary, which is on none of the others: who reads those reads webhooks. */
export function canaryTopic(prefix: string): string {
  return `${prefix}canary`;
}

/** The topic that an event goes to. */
export function topicOfEvent(prefix: string, event: Pick<EventHead, 'app' | 'kind'>): string {
  return isCanary(event) ? canaryTopic(prefix) : topicOf(prefix, event.kind);
}

/** The topic of what the consumer could not normalize or insert: original bytes and headers, and why. */
export function deadLetterTopic(prefix: string): string {
  return `${prefix}dead-letter`;
}

/** The topics that carry events, in the order of the kinds. */
export function eventTopics(prefix: string): string[] {
  return KINDS.map((kind) => topicOf(prefix, kind));
}

/** All topics that the pipeline has, and its consumer reads: those of events, of dead letters, of canaries. */
export function pipelineTopics(prefix: string): string[] {
  return [...eventTopics(prefix), deadLetterTopic(prefix), canaryTopic(prefix)];
}
