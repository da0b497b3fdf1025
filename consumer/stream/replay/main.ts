import type { ClickHouseClient } from '@clickhouse/client';
import { pino } from 'pino';
import { Connections } from '../../../schemas/group/connections.ts';
import type { Kafka } from '../../../schemas/kafka-client.ts';
import { kafkaTrouble } from '../../../schemas/kafka-trouble.ts';
import { pipelineTopics } from '../../../schemas/topics.ts';
import { NotSentError, Sender } from '../../books/redrive/send.ts';
import {
  beforeWhen,
  eventsGoneSince,
  type NotKept,
  readGone,
  sealedUntil,
} from '../../books/retention/kept.ts';
import { withClickHouse } from '../../cli/clickhouse.ts';
import { CommandError, type ExitCode, runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { Progress } from '../../cli/progress.ts';
import { readSettings } from '../../config.ts';
import { kafkaClient } from '../../intake/kafka.ts';
import { clickHouseClient } from '../../persist/clickhouse.ts';
import { countStored } from '../stored/read.ts';
import { type ReplayOptions, readOptions } from './options.ts';
import { ProgressFile, type ReplayState } from './progress-file.ts';
import { replay } from './replay.ts';

const TIMEOUT_MS = 120_000;
/** Who starts it is told within seconds that Kafka is not there. */
const FEW = 3;
const stopping = new AbortController();

/** `npm run replay`: stored events once more, to a topic of somebody else. */
await runCommand(run);

async function run(): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  const settings = readSettings(withLocalPipeline(process.env));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  refuseOwn(options.topic, settings.TOPIC_PREFIX);
  const file = new ProgressFile(options.progressDir, options.topic);
  const state = await begin(options, file);
  if (state.isDone) return tell(options, state, { total: state.sent });
  const kafka = kafkaClient(settings, new Connections(), pino({ level: 'silent' }), { retries: FEW });
  const sender = new Sender(kafka);
  const { url } = settings.CLICKHOUSE_URL;
  try {
    await requireTopic(kafka, options.topic);
    return await withClickHouse(
      clickHouseClient(settings.CLICKHOUSE_URL, { requestTimeoutMs: TIMEOUT_MS }),
      url,
      (client) => send(options, state, { client, sender, file }),
    );
  } catch (error) {
    const cause = error instanceof NotSentError ? error.cause : error;
    const told = kafkaTrouble(cause, settings.KAFKA_BROKERS);
    throw told === undefined
      ? error
      : new CommandError(`${told} Run it again: it goes on where it was.`, { cause });
  } finally {
    await sender.disconnect();
  }
}

/** What our consumer reads would be stored, and dead letters, once more. */
function refuseOwn(topic: string, prefix: string): void {
  if (!pipelineTopics(prefix).includes(topic)) return;
  throw new CommandError(`${topic} is one that the pipeline itself reads. Choose a topic of the team's own.`);
}

/** Where an earlier run has come to, or the beginning. @throws CommandError where another one is not finished */
async function begin(options: ReplayOptions, file: ProgressFile): Promise<ReplayState> {
  const { kinds, app, fromMs = 0, isResume, isAgain, topic } = options;
  const before = isAgain ? undefined : await file.read();
  if (isResume) {
    if (before !== undefined) return before;
    throw new CommandError(`No replay to ${topic} was begun here (${file.path}).`);
  }
  // A time that is told from now is another one each time: such a run is resumed by --resume.
  if (before !== undefined && isSame(before, options)) return before;
  if (before !== undefined && !before.isDone) {
    throw new CommandError(
      `A replay to ${topic} of something else is not finished: ${before.sent} events are sent. ` +
        `Go on with it by --resume, or give it up by --again.`,
    );
  }
  const toMs = options.toMs ?? Date.now();
  if (fromMs >= toMs) throw new CommandError('--from must be before --to.');
  return { kinds: [...kinds], ...(app !== undefined && { app }), fromMs, toMs, sent: 0, isDone: false };
}

function isSame(state: ReplayState, { kinds, app, fromMs = 0, toMs }: ReplayOptions): boolean {
  return (
    state.kinds.join() === [...kinds].join() &&
    state.app === app &&
    state.fromMs === fromMs &&
    (toMs === undefined || state.toMs === toMs)
  );
}

/** A topic made by accident has the wrong number of partitions for ever. */
async function requireTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin({ retry: { retries: 3 } });
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return;
  } finally {
    await admin.disconnect();
  }
  throw new CommandError(
    `There is no topic ${topic}. Make it first, with as many partitions as its readers want, for example by kafka-topics.sh --create.`,
  );
}

interface SendDeps {
  readonly client: ClickHouseClient;
  readonly sender: Sender;
  readonly file: ProgressFile;
}

async function send(options: ReplayOptions, begun: ReplayState, deps: SendDeps): Promise<ExitCode> {
  const { topic, rate } = options;
  const total = await countStored(deps.client, { ...begun, app: begun.app });
  const notKept = eventsGoneSince(await readGone(deps.client), begun.fromMs);
  if (notKept !== undefined) {
    const what = `Events received ${beforeWhen(notKept)} are no longer kept`;
    if (total === 0) throw new CommandError(`${what}: nothing is left to be sent.`);
    console.error(`${what}, and not sent.`);
  }
  using progress = new Progress();
  const show = (sent: number) => progress.show(`events to ${topic}`, sent, total);
  if (begun.sent > 0) console.error(`It goes on after ${begun.sent} of ${total} events.`);
  show(begun.sent);
  const state = await replay(begun, { ...deps, topic, rate, signal: stopping.signal, show });
  progress.clear();
  return tell(options, state, { total, notKept });
}

interface Told {
  /** How many events are selected. */
  readonly total: number;
  readonly notKept?: NotKept | undefined;
}

function tell({ topic, isJson }: ReplayOptions, state: ReplayState, { total, notKept }: Told): ExitCode {
  const { sent, isDone, fromMs, toMs, kinds } = state;
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  const events_before = notKept === undefined ? null : sealedUntil(notKept);
  if (isJson)
    console.log(JSON.stringify({ topic, kinds, from, to, sent, total, isDone, not_kept: { events_before } }));
  else if (isDone)
    console.log(`${sent} events, received from ${from} to ${to}, are in ${topic}. --again sends them again.`);
  else console.log(`Stopped after ${sent} of ${total} events. The same command, or --resume, goes on there.`);
  return isDone ? 0 : 1;
}
