import { Counter, Gauge, type Registry } from 'prom-client';

export type BooksGauges = ReturnType<typeof createBooksGauges>;

/** The metrics that are read from the books: all show what was read last, and `readAt` when that was. */
export function createBooksGauges(registry: Registry) {
  const registers = [registry];
  return {
    missing: new Gauge({
      name: 'qiscus_audit_missing_events',
      help: 'Events that the view audit misses, from events (sequence numbers) or from the table of their kind; in flight for a moment, lost if it stays',
      labelNames: ['app', 'from'] as const,
      registers,
    }),
    unexpected: new Gauge({
      name: 'qiscus_audit_unexpected_events',
      help: 'Events that share a sequence number, and rows without an event, by the view audit',
      labelNames: ['app'] as const,
      registers,
    }),
    foreign: new Gauge({
      name: 'qiscus_audit_foreign_events',
      help: 'Sequence numbers above all that their outbox has accepted, which somebody else wrote to Kafka; no other figure counts them. The Worker is asked where WORKER_URL is set',
      labelNames: ['app'] as const,
      registers,
    }),
    countedTwice: new Gauge({
      name: 'qiscus_audit_counted_twice_events',
      help: 'Events that were accepted again and have a second row in their table, by the view audit',
      labelNames: ['app'] as const,
      registers,
    }),
    completeUntil: new Gauge({
      name: 'qiscus_complete_until_timestamp_seconds',
      help: 'Every event of the app received before it is there, seconds since 1970; 0 when the very first is missing',
      labelNames: ['app'] as const,
      registers,
    }),
    openDeadLetters: new Gauge({
      name: 'qiscus_open_dead_letters',
      help: 'Dead letters that are open',
      registers,
    }),
    dismissedDeadLetters: new Gauge({
      name: 'qiscus_dismissed_dead_letters',
      help: 'Dead letters that a person has dismissed',
      registers,
    }),
    lastSequence: new Gauge({
      name: 'qiscus_outbox_last_sequence',
      help: 'The highest sequence number of the outbox that has arrived',
      labelNames: ['outbox'] as const,
      registers,
    }),
    events: new Gauge({
      name: 'qiscus_events',
      help: 'Events that stand in events, by kind',
      labelNames: ['app', 'kind'] as const,
      registers,
    }),
    readAt: new Gauge({
      name: 'qiscus_audit_timestamp_seconds',
      help: 'When these were read from ClickHouse, seconds since 1970, 0 for never: while reading fails or takes long, they stay and this does too',
      registers,
    }),
    took: new Gauge({
      name: 'qiscus_audit_duration_seconds',
      help: 'How long the last reading took, whether it went well or not; the next one waits twenty times as long',
      registers,
    }),
    failures: new Counter({
      name: 'qiscus_audit_failures_total',
      help: 'Readings that failed or were ended by their limits',
      registers,
    }),
  };
}
