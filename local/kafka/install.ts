import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Trouble } from '../trouble.ts';

const POM = join(import.meta.dirname, 'pom.xml');
const LAST_LINES = 5;
const REPORT_EVERY = 10;

/**
 * A connection that falls silent is given up and tried again: by itself, Maven waits half an hour. First its versions
 * before 3.9, then those since.
 */
const IMPATIENT = [
  '-Dmaven.wagon.rto=30000',
  '-Dmaven.wagon.http.retryHandler.class=default',
  '-Dmaven.wagon.http.retryHandler.nonRetryableClasses=java.net.UnknownHostException',
  '-Daether.connector.requestTimeout=30000',
];

/**
 * Kafka's jars, copied once by Maven into `cacheDir`, in a folder named after the contents of pom.xml: another
 * version is another folder. Two runs may install at once: each fills a folder of its own and renames it.
 * @param report takes a line now and then, while it downloads
 * @param signal ends Maven
 * @returns the folder with the jars
 * @throws Trouble when Maven is missing or fails
 */
export async function installKafka(
  cacheDir: string,
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
  signal = new AbortController().signal,
): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex');
  const target = join(cacheDir, version.slice(0, 12));
  if (existsSync(target)) return target;

  const workDir = join(cacheDir, `installing-${randomBytes(6).toString('hex')}`);
  await mkdir(workDir, { recursive: true });
  try {
    // Maven gets a copy of the pom, so that it leaves nothing beside the sources.
    await copyFile(POM, join(workDir, 'pom.xml'));
    await copyJars({ workDir, env, report, signal });
    await rename(join(workDir, 'libs'), target).catch((fault: NodeJS.ErrnoException) => {
      if (!existsSync(target)) throw fault; // otherwise another run was faster
    });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  return target;
}

type Copying = {
  workDir: string;
  env: NodeJS.ProcessEnv;
  report: (line: string) => void;
  signal: AbortSignal;
};

async function copyJars({ workDir, env, report, signal }: Copying): Promise<void> {
  report('installing Apache Kafka with Maven (once)');
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  const maven = spawn('mvn', ['-B', ...IMPATIENT, ...goal, `-DoutputDirectory=${join(workDir, 'libs')}`], {
    cwd: workDir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    maven.once('error', reject);
    maven.once('close', resolve);
  });
  // The reading starts at once; were it awaited first, a missing mvn would go unheard.
  const output = Promise.all([maven.stdout, maven.stderr].map((stream) => tail(stream, report)));
  const code = await ended.catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'ENOENT') throw fault;
    throw new Trouble(
      'Maven (mvn) is missing: it fetches Apache Kafka. Install it (Debian: apt-get install maven), ' +
        'or set KAFKA_BROKERS to a broker that runs already.',
    );
  });
  if (code === 0) return;
  throw new Trouble(
    `Maven could not fetch Apache Kafka (exit code ${code}): is there a way to Maven Central? It said:\n` +
      (await output).flat().join('\n'),
  );
}

/** Reports what is downloaded, and keeps the last lines for when it fails. */
async function tail(stream: NodeJS.ReadableStream, report: (line: string) => void): Promise<string[]> {
  const last: string[] = [];
  let jars = 0;
  for await (const line of createInterface({ input: stream })) {
    const jar = /Downloaded from .*\/(\S+\.jar)/.exec(line)?.[1];
    if (jar !== undefined && ++jars % REPORT_EVERY === 0) report(`downloaded ${jars} jars, last ${jar}`);
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
  }
  return last;
}
