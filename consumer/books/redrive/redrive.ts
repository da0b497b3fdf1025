import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { dateTime } from '../../normalize/date-time-text.ts';
import { insertRows } from '../../persist/clickhouse.ts';
import { REDRIVES_TABLE } from '../../persist/tables.ts';
import { type Fate, knownFates, type Sent, sentLetter } from './fates.ts';
import { isWhole, type Letter, originalMessage } from './letters.ts';
import { NotSentError, type Sender } from './send.ts';

const POLL_MS = 200;
// Sent without its value, it would be another message.
const CUT =
  'it was too large for the topic of dead letters, and stands whole in its own topic alone: let the consumer group ' +
  'read it there again, or dismiss it';

export interface RedriveDeps {
  readonly client: ClickHouseClient;
  readonly sender: Sender;
  /** The topics that the consumer reads: a dead letter is sent to no other. */
  readonly topics: readonly string[];
  /** How long to wait without any news. */
  readonly waitMs: number;
}

/** A dead letter and what became of it. */
export interface Redriven {
  readonly letter: Letter;
  readonly fate: Fate;
}

/**
 * Sends dead letters through again and follows them until each has a fate, or there was no news for too long.
 *
 * The order is: sent and acknowledged, then recorded. A crash in between leaves a dead letter open that was sent:
 * sent once more, it is the same event and stored once. The other way round it would be closed and nowhere.
 * @throws ClickHouse's error, when what was sent cannot be recorded or followed
 */
export async function* redrive(letters: readonly Letter[], deps: RedriveDeps): AsyncGenerator<Redriven> {
  const sent: Sent[] = [];
  const { whole = [], cut = [] } = Object.groupBy(letters, (letter) => (isWhole(letter) ? 'whole' : 'cut'));
  for (const letter of cut) yield { letter, fate: { outcome: 'not sent', reason: CUT } };
  for (const [topic, group] of Map.groupBy(whole, ({ topic }) => topic)) {
    const result = await sendTo(topic, group, deps);
    if ('reason' in result) {
      for (const letter of group) yield { letter, fate: { outcome: 'not sent', reason: result.reason } };
    } else sent.push(...result.sent);
  }
  yield* follow(sent, deps);
}

async function sendTo(
  topic: string,
  letters: readonly Letter[],
  { client, sender, topics }: RedriveDeps,
): Promise<{ sent: Sent[] } | { reason: string }> {
  if (!topics.includes(topic)) return { reason: `the consumer does not read the topic ${topic}` };
  const messages = letters.map(originalMessage);
  try {
    const places = await sender.send(topic, messages);
    const redriven_at = dateTime(Date.now());
    const records = letters.map(({ id }) => ({ id, redriven_at }));
    await insertRows(client, REDRIVES_TABLE, records, new AbortController().signal);
    return {
      sent: places.flatMap((place, index) => {
        const [letter, message] = [letters[index], messages[index]];
        return letter && message ? sentLetter(letter, message, place) : [];
      }),
    };
  } catch (error) {
    if (error instanceof NotSentError) return { reason: `Kafka does not take it: ${error.message}` };
    throw error;
  }
}

async function* follow(sent: readonly Sent[], { client, waitMs }: RedriveDeps): AsyncGenerator<Redriven> {
  let waiting = sent;
  let newsMs = performance.now();
  while (waiting.length > 0) {
    const fates = await knownFates(client, waiting);
    for (const [letter, fate] of fates) yield { letter, fate };
    waiting = waiting.filter(({ letter }) => !fates.has(letter));
    if (fates.size > 0) newsMs = performance.now();
    else if (performance.now() - newsMs > waitMs) break;
    if (waiting.length > 0) await sleep(POLL_MS);
  }
  for (const { letter } of waiting) yield { letter, fate: { outcome: 'in flight' } };
}
