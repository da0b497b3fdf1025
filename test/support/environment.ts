import { join } from 'node:path';

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** Kafka's jars, shared with `npm start` and kept between runs. */
export const KAFKA_LIBS = join(ROOT, '.local', 'kafka-libs');

/** A run starts hundreds of our programs; what Node makes of a file once, it need not make for each. */
const COMPILED = { NODE_COMPILE_CACHE: join(ROOT, '.local', 'compiled') };

/**
 * The environment for a program under test: what any program needs, and none of the project's settings, so that what
 * happens to be set in the developer's shell does not reach a test.
 */
export function baseEnvironment(): NodeJS.ProcessEnv {
  const wanted = ['PATH', 'HOME', 'USER', 'LANG', 'JAVA_HOME', 'MAVEN_OPTS', 'TMPDIR'];
  return { ...Object.fromEntries(wanted.map((name) => [name, process.env[name]])), ...COMPILED };
}
