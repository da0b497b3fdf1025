import { type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from 'pino';
import type { Connections } from '../../schemas/group/connections.ts';
import { CLIENT_OPTIONS, GROUP_OPTIONS } from '../../schemas/group/options.ts';
import { Kafka } from '../../schemas/kafka-client.ts';
import { kafkaConnection } from '../../schemas/kafka-settings.ts';
import type { ConsumerSettings } from '../config.ts';
import { readAllCodecs } from './records/decode-fetched.ts';

// What one fetch may bring, and so what is in memory at a time, whatever the backlog. One message may be larger.
const MAX_BYTES = 1_000_000;
const MAX_BYTES_PER_PARTITION = 500_000;

/**
 * kafkajs, speaking through our log. It logs no message's content.
 * @param retries tries after the first until whoever connects is told that Kafka is not there
 */
export function kafkaClient(
  settings: ConsumerSettings,
  connections: Connections,
  log: Logger,
  { retries = CLIENT_OPTIONS.retry.retries }: { readonly retries?: number } = {},
): Kafka {
  readAllCodecs();
  return new Kafka({
    ...kafkaConnection(settings),
    clientId: 'qiscus-stream-consumer',
    ...CLIENT_OPTIONS,
    socketFactory: connections.open,
    retry: { ...CLIENT_OPTIONS.retry, retries },
    logCreator: () => (entry) => writeLog(log, entry),
  });
}

/** A member of the consumer group that starts at the beginning, and again after every failure that may pass. */
export function groupConsumer(kafka: Kafka, groupId: string) {
  return kafka.consumer({
    groupId,
    ...GROUP_OPTIONS,
    maxBytes: MAX_BYTES,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
  });
}

/** kafkajs puts an error into its entries now whole, now as its message and stack. */
function writeLog(
  log: Logger,
  { namespace, level, log: { message, timestamp: _, logger: __, error, stack, ...details } }: LogEntry,
) {
  const err = error instanceof Error ? error : error === undefined ? undefined : { message: error, stack };
  const entry = { kafkajs: namespace, ...details, ...(err !== undefined && { err }) };
  if (level === logLevel.ERROR) log.warn(entry, message);
  else if (level === logLevel.WARN) log.info(entry, message);
  else log.debug(entry, message);
}
