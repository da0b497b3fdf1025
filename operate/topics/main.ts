import { setTimeout as sleep } from 'node:timers/promises';
import { type } from 'arktype';
import { type Admin, logLevel } from 'kafkajs';
import { CommandError, commandLine, type ExitCode, runCommand } from '../../consumer/cli/command.ts';
import { withLocalPipeline } from '../../consumer/cli/local-pipeline.ts';
import { Kafka } from '../../schemas/kafka-client.ts';
import { type KafkaSettings, kafkaConnection, kafkaSettings } from '../../schemas/kafka-settings.ts';
import { kafkaTrouble, noAnswer } from '../../schemas/kafka-trouble.ts';
import { settingsError } from '../../schemas/settings.ts';
import { readTopicLayout } from './layout.ts';
import { inText } from './report.ts';
import { type Task, topicsTask } from './task.ts';

// Some four seconds where nothing listens: a broker that is just starting may be there by then.
const RETRY = { retries: 4, initialRetryTime: 300, maxRetryTime: 1_500 };
const CONNECT_TIMEOUT_MS = 15_000;

const SETTINGS = `
Settings, from the environment: Kafka's (the pipeline of "npm start" where none are set), TOPIC_PARTITIONS (3),
TOPIC_REPLICATION_FACTOR and TOPIC_RETENTION_DAYS (the broker's own), MAX_BODY_BYTES (900000). Existing topics are held
against those that are set, and against what the pipeline needs. Replicas are not moved by this command.

Exit code: 0 done; 1 it could not be done, or with --check, something is missing or differs.
`;

/**
 * `npm run topics`: creates the topics that do not exist yet, and says what of the others is not as it must be. Topics
 * are made here and nowhere else: a broker that creates them by accident gives them its default number of partitions,
 * and the order of a key is lost when that is mended.
 */
await runCommand(async () => {
  const options = commandLine(
    'topics',
    'Creates the topics that are missing, and says how the others differ.',
  )
    .option('--apply', 'changes what differs')
    .option('--repartition', 'with --apply: adds partitions too, which breaks the order of keys once')
    .option('--check', 'creates and changes nothing')
    .option('--json', 'one JSON object, for programs')
    .addHelpText('after', SETTINGS)
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const { apply = false, repartition = false, check = false, json = false } = options;
  if (check && apply)
    throw new CommandError('--check changes nothing, and --apply does. Choose one of them.');
  if (repartition && !apply) throw new CommandError('--repartition says what --apply may do. Give both.');
  const settings = kafkaSettings(withLocalPipeline(process.env));
  if (settings instanceof type.errors) throw settingsError(settings);
  const task = {
    layout: readTopicLayout(process.env),
    prefix: settings.TOPIC_PREFIX,
    apply,
    repartition,
    check,
  };
  return withAdmin(settings, (admin) => work(admin, task, json));
});
// What kafkajs still tries would hold the process.
if (process.exitCode !== 0) process.exit();

async function work(admin: Admin, task: Task, json: boolean): Promise<ExitCode> {
  const outcome = await topicsTask(admin, task);
  process.stdout.write(json ? `${JSON.stringify(outcome, null, 2)}\n` : inText(outcome));
  const isAmiss = outcome.differences.length > 0 || outcome.topics.some(({ state }) => state === 'missing');
  return task.check && isAmiss ? 1 : 0;
}

/** @throws CommandError with what is wrong with Kafka, where something is */
async function withAdmin<Result>(
  settings: KafkaSettings,
  task: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const admin = new Kafka({
    ...kafkaConnection(settings),
    clientId: 'qiscus-stream-topics',
    // What goes wrong is told once, at the end.
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    retry: RETRY,
  }).admin();
  try {
    await connect(admin, settings);
    const result = await task(admin);
    await admin.disconnect();
    return result;
  } catch (error) {
    const told = kafkaTrouble(error, settings.KAFKA_BROKERS);
    throw told === undefined ? error : new CommandError(told, { cause: error });
  }
}

/** @throws CommandError where something takes the connection and does not answer; else what kafkajs throws */
async function connect(admin: Admin, { KAFKA_BROKERS }: KafkaSettings): Promise<void> {
  const waiting = new AbortController();
  const deadline = sleep(CONNECT_TIMEOUT_MS, undefined, { signal: waiting.signal }).then(() => {
    throw new CommandError(noAnswer(KAFKA_BROKERS, `not within ${CONNECT_TIMEOUT_MS / 1_000} s`));
  });
  try {
    await Promise.race([admin.connect(), deadline]);
  } finally {
    waiting.abort();
  }
}
