import { Gauge, type Registry } from 'prom-client';

/** What the Worker tells of itself at `/status`: all is as it was read last. */
export function createWorkerGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  return {
    up: gauge('qiscus_worker_up', 'Whether the Worker answered to /status when it was asked last: 1 or 0'),
    silent: gauge('qiscus_outboxes_unavailable', 'Outboxes that did not answer the Worker'),
    accepted: gauge(
      'qiscus_outbox_accepted_events',
      'Events that the outbox has accepted since it exists, by kind',
      'outbox',
      'kind',
    ),
    published: gauge('qiscus_outbox_published_events', 'Events that Kafka has acknowledged', 'outbox'),
    pending: gauge('qiscus_outbox_pending_events', 'Events that Kafka has not acknowledged yet', 'outbox'),
    oldest: gauge(
      'qiscus_outbox_oldest_pending_seconds',
      'Age of the oldest of them; 0 where there is none',
      'outbox',
    ),
    setAside: gauge('qiscus_outbox_set_aside_events', 'Events that Kafka refuses', 'outbox'),
    duplicates: gauge(
      'qiscus_outbox_duplicates',
      'Webhooks that came again and were not stored again',
      'outbox',
    ),
    databaseBytes: gauge(
      'qiscus_outbox_database_bytes',
      'Size of the database, which never shrinks',
      'outbox',
    ),
    maxDatabaseBytes: gauge('qiscus_outbox_max_database_bytes', 'What it may grow to', 'outbox'),
    refused: gauge(
      'qiscus_refused_webhooks',
      'Webhooks refused since the Worker was first deployed, by app and reason',
      'app',
      'reason',
    ),
  };
}
