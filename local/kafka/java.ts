import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Trouble } from '../trouble.ts';

const OLDEST_JAVA = 17;
const ADVICE =
  'Install one (Debian: apt-get install openjdk-17-jre-headless), set JAVA_HOME to it, ' +
  'or set KAFKA_BROKERS to a broker that runs already.';

/**
 * The `java` command: the one of JAVA_HOME when that is set, else the one on the PATH.
 * @throws Trouble when there is none, or when it is older than Kafka needs
 */
export async function findJava(env: NodeJS.ProcessEnv): Promise<string> {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const version = majorVersion(await versionText(java, env));
  if (version === undefined) throw new Trouble(`${java} does not tell its version. ${ADVICE}`);
  if (version < OLDEST_JAVA) {
    throw new Trouble(`Java ${version} is too old: Kafka needs ${OLDEST_JAVA} or newer. ${ADVICE}`);
  }
  return java;
}

async function versionText(java: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(java, ['-version'], { env });
    return stdout + stderr;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault;
    throw new Trouble(`Java is missing (${java}): Kafka needs ${OLDEST_JAVA} or newer. ${ADVICE}`);
  }
}

/** 17 for `openjdk version "17.0.15"`, and 8 for the old way of counting, `java version "1.8.0_292"`. */
export function majorVersion(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
