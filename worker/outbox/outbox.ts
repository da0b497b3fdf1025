import { DurableObject } from 'cloudflare:workers';
import { KafkaSender } from '../publish/kafka-sender.ts';
import { settings } from '../settings.ts';
import { Keeper } from './keeper.ts';
import type { Layout } from './layout/layout.ts';
import { LayoutRecord } from './layout/record.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import type { OutboxStatus } from './status.ts';
import type { Appended } from './store.ts';

export type { OutboxStatus } from './status.ts';

const DAY_MS = 86_400_000;

/**
 * The outbox of an app and shard, as a Durable Object: the runtime around its rules, which are the keeper's. One more
 * object of the class keeps an app's record of layouts, under a name that no outbox has: with a class of its own, a
 * new version could not be deployed step by step.
 */
export class Outbox extends DurableObject {
  readonly #keeper: Keeper;
  readonly #record: LayoutRecord;

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
    this.#record = new LayoutRecord(context.storage, Date.now);
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

  /** Of the app's record: how its events are laid out over outboxes; undefined before the first. */
  layout(): Promise<Layout | undefined> {
    return this.#record.layout();
  }

  /** Of the app's record: lays the app's events out over so many shards from now on. */
  adoptLayout(shards: number): Promise<Layout> {
    return this.#record.adopt(shards);
  }

  /** Of the app's record: every outbox of the layouts before this generation is fenced against who knows only them. */
  endEarlierLayouts(generation: number): Promise<Layout> {
    return this.#record.endEarlier(generation);
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
