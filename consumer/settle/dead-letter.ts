import { createHash } from 'node:crypto';
import type { IHeaders, Message } from 'kafkajs';
import { DLQ_HEADERS, OMITTED_HEADER, sendable } from '../../schemas/dead-letter.ts';
import type { Failure, Source, Work } from '../work.ts';

/** How much of a message its dead letter carries. */
export type Extent = 'whole' | 'without value' | 'place alone';

const OMISSIONS: Readonly<Record<Extent, { omitted: string; note: string }>> = {
  whole: { omitted: '', note: '' },
  'without value': {
    omitted: 'value',
    note: '; its value is too large for the topic of dead letters, and stands where it came from',
  },
  'place alone': {
    omitted: 'key,value,headers',
    note: '; it is too large for the topic of dead letters, and stands where it came from',
  },
};

const MAX_SHORT = 20;
const MAX_SHORT_BYTES = 300;

/** A message that failed, and why. */
export interface FailedWork {
  readonly work: Work;
  readonly failure: Failure;
}

/** The event's id, or else 32 hex digits of where the message stood: the same when it fails again after a replay. */
export function deadLetterId(eventId: string | undefined, { topic, partition, message }: Source): string {
  if (eventId !== undefined) return eventId;
  const place = `${topic}/${partition}/${message.offset}`;
  return createHash('sha256').update(place).digest('hex').slice(0, 32);
}

/**
 * The dead letter of a message: its key, value and headers, byte for byte, and headers that say why, where from and
 * when. Of a message that the topic does not take, it carries less, and says so: the whole of it stands where it
 * came from. @param nowMs milliseconds since 1970
 */
export function deadLetterMessage(
  { work, failure }: FailedWork,
  nowMs: number,
  extent: Extent = 'whole',
): Message {
  const { topic, partition, message } = work.source;
  const { omitted, note } = OMISSIONS[extent];
  return {
    key: extent === 'place alone' ? null : message.key,
    value: extent === 'whole' ? message.value : null,
    headers: {
      ...sendable(extent === 'place alone' ? identifying(message.headers) : message.headers),
      ...(omitted === '' ? {} : { [OMITTED_HEADER]: omitted }),
      [DLQ_HEADERS.id]: deadLetterId(work.event?.id, work.source),
      [DLQ_HEADERS.stage]: failure.stage,
      [DLQ_HEADERS.reason]: `${failure.reason}${note}`,
      [DLQ_HEADERS.topic]: topic,
      [DLQ_HEADERS.partition]: String(partition),
      [DLQ_HEADERS.offset]: message.offset,
      [DLQ_HEADERS.time]: new Date(nowMs).toISOString(),
    },
  };
}

/** The short headers that make an event: without them the books would not know which event this is. */
function identifying(headers: IHeaders = {}): IHeaders {
  const isShort = (value: IHeaders[string]) => Buffer.isBuffer(value) && value.length <= MAX_SHORT_BYTES;
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.filter(([name, value]) => /^ce_/.test(name) && isShort(value)).slice(0, MAX_SHORT),
  );
}
