import { type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from 'pino';
import { Kafka } from '../../schemas/kafka-client.ts';
import { kafkaConnection } from '../../schemas/kafka-settings.ts';
import type { ConsumerSettings } from '../config.ts';
import type { Connections } from './connections.ts';
import { readAllCodecs } from './records/decode-fetched.ts';

// Some twenty seconds: longer than a broker takes to start again, even a busy one. Who gives up before then joins the
// group as someone new, and has to wait until its former self has timed out.
const RETRY = { initialRetryTime: 200, maxRetryTime: 2_000, retries: 12 };
const REQUEST_TIMEOUT_MS = 8_000;
const CONNECTION_TIMEOUT_MS = 3_000;
// A consumer that was killed keeps its partitions for so long: recovery waits for it.
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 1_500;
const REBALANCE_TIMEOUT_MS = 15_000;
const MAX_WAIT_MS = 500;
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
  { retries = RETRY.retries }: { readonly retries?: number } = {},
): Kafka {
  readAllCodecs();
  return new Kafka({
    ...kafkaConnection(settings),
    clientId: 'qiscus-stream-consumer',
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketFactory: connections.open,
    retry: { ...RETRY, retries },
    logCreator: () => (entry) => writeLog(log, entry),
  });
}

/** A member of the consumer group that starts at the beginning, and again after every failure that may pass. */
export function groupConsumer(kafka: Kafka, groupId: string) {
  return kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytes: MAX_BYTES,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    // A topic made by accident has the wrong number of partitions for ever.
    allowAutoTopicCreation: false,
    retry: { ...RETRY, restartOnFailure: async () => true },
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
