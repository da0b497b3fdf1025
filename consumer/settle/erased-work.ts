import type { KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import { DLQ_HEADERS } from '../../schemas/dead-letter.ts';
import { backOff } from '../../schemas/group/backoff.ts';
import { deadLetterRow } from '../intake/dead-letter-row.ts';
import type { ErasureSource } from '../persist/erasures.ts';
import { describeFault } from '../persist/faults.ts';
import { prepare } from '../prepare.ts';
import type { Source, Work } from '../work.ts';

export interface ErasedDeps {
  readonly source: ErasureSource;
  readonly deadLetterTopic: string;
  readonly log: Logger;
  readonly nowMs: () => number;
}

/** So old may be what is known. `npm run erase` waits longer before it changes a table. */
const KNOWN_FOR_MS = 2_000;

/**
 * Knows which events were erased, so that none of them comes back: not from an earlier offset, and not from the topic
 * of dead letters. Their bodies are what the table `erasures` has of them.
 */
export class ErasedWork {
  readonly #deps: ErasedDeps;
  #ids: ReadonlySet<string> = new Set();
  #count = 0;
  #knownAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: ErasedDeps) {
    this.#deps = deps;
  }

  /** Whether any of these events was erased. */
  async hasAny(ids: Iterable<string>, signal: AbortSignal): Promise<boolean> {
    await this.#persistently(() => this.#learn(), signal);
    return this.#ids.size > 0 && Iterator.from(ids).some((id) => this.#ids.has(id));
  }

  /** The works as they may be stored. */
  async applied<Each extends { readonly work: Work }>(
    works: readonly Each[],
    signal: AbortSignal,
  ): Promise<readonly Each[]> {
    const applied = await this.#persistently(async () => {
      await this.#learn();
      return this.#ids.size === 0 ? works : this.#replaced(works);
    }, signal);
    return applied ?? works;
  }

  /**
   * While ClickHouse does not tell, it is asked again: nothing could be stored there anyway, and what is stored without
   * asking could be somebody who was erased. @returns undefined when the signal was aborted first
   */
  async #persistently<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await ask();
      } catch (error) {
        const { code, hint } = describeFault(error);
        this.#deps.log.error(
          { code, attempt, hint },
          'whom was erased cannot be read; offsets wait until it can',
        );
        await backOff(attempt, signal);
      }
    }
    return undefined;
  }

  async #learn(): Promise<void> {
    const { source, nowMs } = this.#deps;
    const askedAtMs = nowMs();
    if (askedAtMs - this.#knownAtMs < KNOWN_FOR_MS) return;
    const count = await source.count();
    if (count !== this.#count) this.#ids = new Set(await source.ids());
    this.#count = count;
    this.#knownAtMs = askedAtMs;
  }

  async #replaced<Each extends { readonly work: Work }>(works: readonly Each[]): Promise<readonly Each[]> {
    const hits = new Map<Each, string>();
    for (const each of works) {
      const id = this.#idOf(each.work);
      if (id !== undefined && this.#ids.has(id)) hits.set(each, id);
    }
    if (hits.size === 0) return works;
    const payloads = await this.#deps.source.payloads([...new Set(hits.values())]);
    return works.map((each) => {
      const payload = payloads.get(hits.get(each) ?? '');
      return payload === undefined ? each : { ...each, work: this.#without(each.work, payload) };
    });
  }

  #idOf({ event, source }: Work): string | undefined {
    return source.topic === this.#deps.deadLetterTopic ? deadLetterRow(source).id : event?.id;
  }

  #without({ source, event }: Work, payload: string): Work {
    const { topic, partition, message } = source;
    const isLetter = topic === this.#deps.deadLetterTopic;
    const isOpaque = event === undefined && !(isLetter && deadLetterRow(source).event_id !== '');
    // Not spread: what comes from a topic has its parts in getters.
    const { offset, timestamp, attributes, key, headers } = message;
    const value = isLetter && message.value === null ? null : Buffer.from(payload);
    const read = { offset, timestamp, attributes, value };
    const bare = { ...read, key: null, headers: placeHeaders(headers) };
    const erased = (isOpaque ? bare : { ...read, key, headers }) as Source['message'];
    return prepare({ topic, partition, message: erased }, this.#deps.deadLetterTopic);
  }
}

/** Of a message that could not be decoded: where it stands in the books, and why it failed. */
const PLACE_HEADERS: ReadonlySet<string> = new Set([
  'ce_id',
  'ce_type',
  'ce_source',
  'ce_receivedtime',
  'ce_outbox',
  'ce_sequence',
  ...Object.values(DLQ_HEADERS),
]);

function placeHeaders(headers: KafkaMessage['headers'] = {}): KafkaMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => PLACE_HEADERS.has(name)));
}
