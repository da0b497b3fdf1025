import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logLevel } from 'kafkajs';
import { Kafka } from '../../schemas/kafka-client.ts';
import { type Child, startChild } from '../child.ts';
import { freePort } from '../ports.ts';
import { Trouble } from '../trouble.ts';
import { serverProperties } from './properties.ts';

export type KafkaOptions = {
  /** Holds server.properties and the data; made when it is not there. */
  dir: string;
  port: number;
  advertisedPort?: number;
  /** The folder with the jars, from `installKafka`. */
  libs: string;
  /** The command, from `findJava`. */
  java: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** More properties of the server. */
  properties?: Readonly<Record<string, string>>;
  /** More flags of Java, for the server. */
  javaFlags?: readonly string[];
  /** Users that are made with the storage, as StorageTool's `--add-scram` takes them. */
  scramUsers?: readonly string[];
};

const LOG_CONFIG = join(import.meta.dirname, 'log4j2.properties');
const HEAP = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const PROBE_TIMEOUT_MS = 1000;
const TOLD_LINES = 10;

/**
 * Starts a real Apache Kafka, one node in KRaft mode, on 127.0.0.1; formats its storage the first time. It is up
 * when `listTopics` answers.
 * @throws Trouble when the storage cannot be formatted
 */
export async function startKafka(options: KafkaOptions): Promise<Child> {
  const { port, advertisedPort = port } = options;
  const controllerPort = await freePort();
  const place = { dataDir: dataDirOf(options), port, controllerPort, advertisedPort };
  const properties = serverProperties(place, options.properties);
  return startNode(options, properties, randomBytes(16).toString('base64url'));
}

/** What a node needs besides its server.properties. */
export type NodeOptions = Pick<
  KafkaOptions,
  'dir' | 'libs' | 'java' | 'env' | 'logFile' | 'javaFlags' | 'scramUsers'
>;

/** Where a node that is started in `dir` is to have its data: `log.dirs` of its properties. */
export function dataDirOf({ dir }: Pick<NodeOptions, 'dir'>): string {
  return join(dir, 'data');
}

/**
 * Starts a node of any properties; formats its storage the first time.
 * @param properties the text of its server.properties
 * @param clusterId the same for all nodes of a cluster
 * @throws Trouble when the storage cannot be formatted
 */
export async function startNode(options: NodeOptions, properties: string, clusterId: string): Promise<Child> {
  const file = join(options.dir, 'server.properties');
  await mkdir(options.dir, { recursive: true });
  await writeFile(file, properties);
  if (!existsSync(join(dataDirOf(options), 'meta.properties'))) await format(options, file, clusterId);
  return runJava(options, options.javaFlags ?? archived(options.libs), 'kafka.Kafka', [file]);
}

async function format(options: NodeOptions, properties: string, clusterId: string): Promise<void> {
  // A format that was interrupted has left parts of itself, hence --ignore-formatted. Without `=`, an id that
  // begins with a dash would be taken for an option.
  const args = ['format', `--cluster-id=${clusterId}`, '--config', properties, '--ignore-formatted'];
  for (const user of options.scramUsers ?? []) args.push('--add-scram', user);
  const child = await runJava(options, archived(options.libs), 'kafka.tools.StorageTool', args);
  const { code, signal } = await child.ended;
  if (code === 0) return;
  throw new Trouble(
    `Kafka's storage cannot be formatted (${signal ?? `exit code ${code}`}). The end of ${options.logFile}:\n` +
      (await lastLines(options.logFile)),
  );
}

async function lastLines(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.slice(-TOLD_LINES).join('\n');
}

/** The archive of classes that `archiveClasses` makes of the jars. */
export function archiveOf(libs: string): string {
  return join(libs, 'classes.jsa');
}

/** One of another Java is passed over by Java itself. */
function archived(libs: string): string[] {
  return existsSync(archiveOf(libs)) ? [`-XX:SharedArchiveFile=${archiveOf(libs)}`] : [];
}

function runJava(
  { java, libs, env, logFile }: NodeOptions,
  flags: readonly string[],
  main: string,
  args: string[],
): Promise<Child> {
  const classPath = join(libs, '*');
  const logging = `-Dlog4j2.configurationFile=file:${LOG_CONFIG}`;
  return startChild({
    command: java,
    args: [...HEAP, ...flags, logging, '-cp', classPath, main, ...args],
    env,
    logFile,
  });
}

/**
 * Asks a broker for its topics' names: it is up when this answers.
 * @throws kafkajs's error when it does not
 */
export async function listTopics(brokers: string[]): Promise<string[]> {
  const admin = new Kafka({
    brokers,
    clientId: 'local-probe',
    connectionTimeout: PROBE_TIMEOUT_MS,
    requestTimeout: PROBE_TIMEOUT_MS,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}
