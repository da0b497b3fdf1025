import { traceContext } from '../../schemas/trace-context.ts';
import type { Work } from '../work.ts';

/**
 * The ids by which a line of the log joins other lines, the Worker's too, a message, a row of `events` and a trace. Of
 * what is no event, or came without a trace, those are undefined, and not logged.
 */
export function idsOf({ source, event }: Pick<Work, 'source' | 'event'>) {
  const { topic, partition, message } = source;
  return {
    event_id: event?.id,
    trace_id: traceContext(event?.traceparent)?.traceId,
    outbox: event?.outbox,
    sequence: event?.sequence,
    topic,
    partition,
    offset: message.offset,
  };
}
