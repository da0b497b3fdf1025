import { DurableObject } from 'cloudflare:workers';
import { KafkaSender } from '../publish/kafka-sender.ts';
import { settings } from '../settings.ts';
import type { ErasedPart, ErasePart } from './erase.ts';
import type { Appended } from './group.ts';
import { Keeper } from './keeper.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import type { OutboxStatus } from './status.ts';

export type { OutboxStatus } from './status.ts';

const DAY_MS = 86_400_000;

/** The outbox of an app and shard, as a Durable Object: the runtime around its rules, which are the keeper's. */
export class Outbox extends DurableObject {
  readonly #keeper: Keeper;

  constructor(context: DurableObjectState, env: Cloudflare.Env) {
    super(context, env);
    const ports = {
      storage: context.storage,
      sender: new KafkaSender(settings),
      clock: { now: Date.now, random: Math.random },
      report,
    };
    this.#keeper = new Keeper(ports, {
      maxBytes: settings.OUTBOX_MAX_BYTES,
      dedupMs: settings.DEDUP_DAYS * DAY_MS,
    });
    context.blockConcurrencyWhile(() => this.#keeper.start());
  }

  /** Keeps an event; settles only when it is durable, or was before. Rejects when it could not be stored. */
  append(event: NewEvent, place: Place): Promise<Appended> {
    return this.#keeper.append(event, place);
  }

  /** The id under which an event is kept here already, durably; undefined when it is not. */
  recall(event: Known): Promise<string | undefined> {
    return this.#keeper.recall(event);
  }

  /** From now on, nothing is taken from who knows only a layout before this generation. */
  fence(generation: number): Promise<void> {
    return this.#keeper.fence(generation);
  }

  /** Takes a person out of a part of what waits; settles when that is durable. */
  erase(part: ErasePart): Promise<ErasedPart> {
    return this.#keeper.erase(part);
  }

  /** The state of this outbox, whose name it may not have learnt yet. */
  status(name: string): OutboxStatus {
    return this.#keeper.status(name);
  }

  override alarm(): Promise<void> {
    return this.#keeper.alarm();
  }
}

function report(event: string, outbox: string | undefined, error: unknown): void {
  const name = error instanceof Error ? error.name : 'unknown';
  console.error(JSON.stringify({ level: 'error', event, outbox, error: name }));
}
