import type { Attributes } from '@opentelemetry/api';
import type { EventHead } from '../../schemas/event.ts';
import type { Source } from '../work.ts';

/** What a span says of its event: by OpenTelemetry's conventions for messages, and by our own names for the ids. */
export function attributesOf({ topic, partition, message }: Source, event: EventHead): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'deliver',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': Number(message.offset),
    'messaging.message.id': event.id,
    'qiscus.event_id': event.id,
    'qiscus.app_id': event.app,
    'qiscus.kind': event.kind,
    'qiscus.outbox': event.outbox,
    'qiscus.sequence': event.sequence,
  };
}
