import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Message } from 'kafkajs';
import { toMessage } from '../../../schemas/event.ts';
import type { Sender } from '../../books/redrive/send.ts';
import { bytesOf } from '../../settle/lots.ts';
import { readStored, type Stored } from '../stored/read.ts';
import type { ProgressFile, ReplayState } from './progress-file.ts';

const MOST_MESSAGES = 500;
const MOST_BYTES = 500_000;

export interface ReplayDeps {
  readonly client: ClickHouseClient;
  readonly sender: Pick<Sender, 'send'>;
  readonly file: ProgressFile;
  readonly topic: string;
  /** Events a second; undefined for as many as go. */
  readonly rate: number | undefined;
  readonly signal: AbortSignal;
  readonly show: (sent: number) => void;
}

/**
 * Publishes stored events to a topic, on from where an earlier run has come. How far it is, is written down after the
 * broker has a lot: whoever is killed in between sends that lot again, with the same ids, and leaves none out.
 * @returns how far it has come: all of it, or less where the signal was aborted
 * @throws NotSentError, ClickHouse's error; what was sent by then is written down
 */
export async function replay(begun: ReplayState, deps: ReplayDeps): Promise<ReplayState> {
  const { client, sender, file, topic, rate, signal, show } = deps;
  let state = begun;
  const startedMs = performance.now();
  const selection = { ...state, app: state.app };
  for await (const lot of lots(readStored(client, selection, state.after))) {
    await sender.send(
      topic,
      lot.map(({ message }) => message),
    );
    const after = lot.at(-1)?.place;
    state = { ...state, sent: state.sent + lot.length, ...(after !== undefined && { after }) };
    await file.write(state);
    show(state.sent);
    if (rate !== undefined) await pace(startedMs, state.sent - begun.sent, rate, signal);
    if (signal.aborted) return state;
  }
  state = { ...state, isDone: true };
  await file.write(state);
  return state;
}

/** Waits until no more than the rate allows has been sent. */
async function pace(startedMs: number, sent: number, rate: number, signal: AbortSignal): Promise<void> {
  const dueMs = startedMs + (sent / rate) * 1_000;
  const waitMs = dueMs - performance.now();
  if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
}

type Sendable = { readonly message: Message; readonly place: Stored['place'] };

async function* lots(events: AsyncIterable<Stored>): AsyncGenerator<Sendable[]> {
  let lot: Sendable[] = [];
  let bytes = 0;
  for await (const { event, place } of events) {
    const message = toMessage(event);
    const size = bytesOf({ ...message, key: Buffer.from(message.key), value: Buffer.from(message.value) });
    if (lot.length === MOST_MESSAGES || (lot.length > 0 && bytes + size > MOST_BYTES)) {
      yield lot;
      lot = [];
      bytes = 0;
    }
    lot.push({ message, place });
    bytes += size;
  }
  if (lot.length > 0) yield lot;
}
