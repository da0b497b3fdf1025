import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ending } from '../child.ts';
import { freePort } from '../ports.ts';
import { waitFor } from '../wait.ts';
import { archiveOf, listTopics, startKafka } from './kafka.ts';

const UP_TIMEOUT_MS = 60_000;
/** It is written as Java ends. */
const STOP_BOUND_MS = 60_000;

/**
 * Makes Java's archive of the classes that Kafka loads, beside the jars: with it, `startKafka` takes half the processor
 * time. That costs a start and an end of Kafka, once: for who starts it many times.
 */
export async function archiveClasses(libs: string, java: string, env: NodeJS.ProcessEnv): Promise<void> {
  const archive = archiveOf(libs);
  if (existsSync(archive)) return;
  const dir = await mkdtemp(join(libs, '..', 'archiving-'));
  try {
    const made = join(dir, 'classes.jsa');
    const port = await freePort();
    const javaFlags = [`-XX:ArchiveClassesAtExit=${made}`];
    const kafka = await startKafka({ dir, port, libs, java, env, javaFlags, logFile: join(dir, 'log') });
    let ending: Ending;
    try {
      await waitFor(() => listTopics([`127.0.0.1:${port}`]), { timeoutMs: UP_TIMEOUT_MS });
    } finally {
      ending = await kafka.stop(STOP_BOUND_MS);
    }
    // Java dies of half an archive.
    if (ending.signal !== null)
      throw new Error(`Kafka was ended by ${ending.signal} while it wrote the archive`);
    // At once, so that nobody reads half of it. Another run may have been faster: one is as good as the other.
    await rename(made, archive);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
