import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { pino } from 'pino';
import { Connections } from '../../../schemas/group/connections.ts';
import { kafkaTrouble } from '../../../schemas/kafka-trouble.ts';
import { structured } from '../../../schemas/structured.ts';
import { eventTopics, topicOf } from '../../../schemas/topics.ts';
import { CommandError, type ExitCode, runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { plain } from '../../cli/plain.ts';
import { readSettings } from '../../config.ts';
import { decode, isDecoded } from '../../intake/decode.ts';
import { kafkaClient } from '../../intake/kafka.ts';
import type { Source } from '../../work.ts';
import { follow } from '../follow.ts';
import { summarize } from '../summary.ts';
import { eventLine } from './line.ts';
import { readOptions, type TailOptions } from './options.ts';

/** Who starts it is told within seconds that Kafka is not there; once it reads, it waits for Kafka for ever. */
const FEW = 3;
const stopping = new AbortController();

/** `npm run tail`: events as they are published, until it is stopped or its reader has gone. */
await runCommand(tail, { onHangUp: () => stopping.abort() });

async function tail(): Promise<ExitCode> {
  const options = readOptions(process.argv.slice(2));
  const settings = readSettings(withLocalPipeline(process.env));
  const { TOPIC_PREFIX, KAFKA_BROKERS, CONSUMER_GROUP } = settings;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const connections = new Connections();
  const kafka = kafkaClient(settings, connections, pino({ level: 'silent' }), { retries: FEW });
  try {
    const following = await follow({
      kafka,
      connections,
      groupId: `${CONSUMER_GROUP}-tail-${randomUUID()}`,
      topics: options.kind === undefined ? eventTopics(TOPIC_PREFIX) : [topicOf(TOPIC_PREFIX, options.kind)],
      fromMs: options.fromMs,
      onMessage: (source) => show(source, options),
      onUndecodable: (topic, partition, { firstOffset, lastOffset, reason }) =>
        complain(`${topic}/${partition}, offsets ${firstOffset} to ${lastOffset}: ${reason}`),
      onReading: noteTrouble(),
    });
    await untilStopped();
    await following.stop();
    return 0;
  } catch (error) {
    const told = kafkaTrouble(error, KAFKA_BROKERS);
    throw told === undefined ? error : new CommandError(told, { cause: error });
  }
}

async function untilStopped(): Promise<void> {
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
}

async function show({ topic, partition, message }: Source, { app, isJson }: TailOptions): Promise<void> {
  const decoded = decode(message);
  if (!isDecoded(decoded)) {
    complain(`${topic}/${partition}, offset ${message.offset} is no event: ${decoded.problem}`);
    return;
  }
  const { event, payload } = decoded;
  if (app !== undefined && event.app !== app) return;
  await write(
    isJson ? `${structured(event, payload)}\n` : eventLine(summarize(event, payload), process.stdout),
  );
}

/** Waits while the reader is slow, so that the stream is read no faster than it is shown. */
async function write(line: string): Promise<void> {
  if (stopping.signal.aborted || process.stdout.write(line)) return;
  await once(process.stdout, 'drain', { signal: stopping.signal }).catch(() => undefined);
}

function complain(what: string): void {
  console.error(plain(what));
}

/** Says when Kafka is lost, and when it is back; each once. */
function noteTrouble(): (isReading: boolean) => void {
  let wasReading: boolean | undefined;
  return (isReading) => {
    if (stopping.signal.aborted || isReading === wasReading) return;
    if (!isReading) complain('Kafka does not answer, or has the topics moved. It goes on where it was.');
    else if (wasReading === false) complain('Kafka is back.');
    wasReading = isReading;
  };
}
