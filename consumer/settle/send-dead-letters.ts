import type { Producer } from 'kafkajs';
import type { Logger } from 'pino';
import { backOff } from '../../schemas/group/backoff.ts';
import { sendFault } from '../../schemas/group/send-faults.ts';
import { idsOf } from '../watch/ids.ts';
import type { ConsumerMetrics } from '../watch/metrics.ts';
import type { Effort } from '../work.ts';
import { deadLetterMessage, type Extent, type FailedWork } from './dead-letter.ts';
import { bytesOf, inLots } from './lots.ts';

const ALL_REPLICAS = -1;
/** kafkajs takes half a kilobyte of memory for each header that it sends. */
const MAX_HEADERS = 5_000;

export interface DeadLetterDeps {
  readonly producer: Producer;
  readonly topic: string;
  readonly log: Logger;
  readonly metrics: ConsumerMetrics;
}

/** How the sending ended: all replicas have what is not `unsent`, or the signal was aborted first. */
export type Sent =
  | { readonly ending: 'sent'; readonly unsent: readonly FailedWork[] }
  | { readonly ending: 'abandoned' };

/** A dead letter on its way. */
interface Letter {
  readonly failed: FailedWork;
  readonly extent: Extent;
}

/** What a topic that does not take a letter is sent instead; the least of it is sent again as it is. */
const LESS: Readonly<Record<Extent, Extent>> = {
  whole: 'without value',
  'without value': 'place alone',
  'place alone': 'place alone',
};

/**
 * Sends dead letters and waits until all replicas have them: the offset must not move before. Sent again after a
 * crash, they have the same ids. One that the topic does not take is sent with less in it.
 */
export async function sendDeadLetters(
  failed: readonly FailedWork[],
  deps: DeadLetterDeps,
  { tries }: Effort,
  signal: AbortSignal,
): Promise<Sent> {
  const unsent: FailedWork[] = [];
  const letters = failed.map(firstLetter);
  const queue = inLots(letters, ({ failed: { work } }) => bytesOf(work.source.message));
  for (let lot = queue.shift(); lot !== undefined; lot = queue.shift()) {
    const ending = await sendLot(lot, deps, tries, signal);
    if (ending === 'abandoned') return { ending };
    if (ending === 'unsent') unsent.push(...lot.map((letter) => letter.failed));
    else if (ending === 'unacceptable') queue.unshift(...reduced(lot));
    else for (const letter of lot) tell(letter.failed, deps);
  }
  return { ending: 'sent', unsent };
}

/** Tries a lot as often as it should be tried. */
async function sendLot(
  lot: readonly Letter[],
  { producer, topic, log, metrics }: DeadLetterDeps,
  tries: number,
  signal: AbortSignal,
): Promise<'sent' | 'unsent' | 'unacceptable' | 'abandoned'> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const messages = lot.map(({ failed, extent }) => deadLetterMessage(failed, Date.now(), extent));
      await producer.connect();
      await producer.send({ topic, messages, acks: ALL_REPLICAS });
      return 'sent';
    } catch (error) {
      const isLeast = lot.length === 1 && lot[0]?.extent === 'place alone';
      if (sendFault(error) === 'content' && !isLeast) return 'unacceptable';
      metrics.retries.inc({ stage: 'dead-letter' });
      const hint = 'Look whether Kafka runs, and at the settings of this topic.';
      log.error(
        { err: error, topic, attempt, hint },
        'dead letters cannot be sent yet; offsets wait until they can',
      );
      if (attempt + 1 >= tries) return 'unsent';
      await backOff(attempt, signal);
    }
  }
  return 'abandoned';
}

/** Several letters go one by one, to find the one that is not taken; one alone goes with less in it. */
function reduced(lot: readonly Letter[]): Letter[][] {
  if (lot.length > 1) return lot.map((letter) => [letter]);
  return lot.map(({ failed, extent }) => [{ failed, extent: LESS[extent] }]);
}

function firstLetter(failed: FailedWork): Letter {
  const headers = Object.values(failed.work.source.message.headers ?? {}).flat().length;
  return { failed, extent: headers > MAX_HEADERS ? 'place alone' : 'whole' };
}

function tell({ work, failure }: FailedWork, { log, metrics }: DeadLetterDeps): void {
  metrics.deadLetters.inc({ stage: failure.stage });
  log.warn({ ...failure, ...idsOf(work) }, 'dead letter');
}
