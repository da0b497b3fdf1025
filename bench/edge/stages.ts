/** What answers webhooks in a turn of its own. */
export interface Stage {
  readonly name: string;
  /** What it does with a webhook. */
  readonly what: string;
  /** The Worker itself, or the one made for measuring (bench/edge/worker/stages). */
  readonly worker: 'real' | 'stages';
  /** Its settings, beside those that all have. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Nothing listens there. */
const NOBODY = '127.0.0.1:9';

const made = (name: string, what: string): Stage => ({
  name,
  what,
  worker: 'stages',
  settings: { STAGE: name },
});
const real = (name: string, what: string, settings = {}): Stage => ({ name, what, worker: 'real', settings });

/** Each adds to the one before, but that the call is made in two ways; the last is what people do instead. */
export const STAGES = [
  made('empty', 'reads the body and answers'),
  made('admission', 'the router and admission: nothing is stored'),
  made('call', 'and a call to a Durable Object that stores nothing'),
  made('call-by-fetch', 'the same, and the call is a request instead of an RPC'),
  real('unpublished', 'ours, Kafka unreachable', { KAFKA_BROKERS: NOBODY }),
  real('published', 'ours, published meanwhile'),
  real('one-outbox', 'ours, published meanwhile, one outbox', { OUTBOX_SHARDS: '1' }),
  made('kafkajs', 'instead: kafkajs connects and produces within the request'),
] as const satisfies readonly Stage[];
