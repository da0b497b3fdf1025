import { join } from 'node:path';
import type { Child } from '../local/child.ts';
import { installKafka } from '../local/kafka/install.ts';
import { findJava } from '../local/kafka/java.ts';
import { listTopics, startKafka } from '../local/kafka/kafka.ts';
import { freePort } from '../local/ports.ts';
import { waitFor } from '../local/wait.ts';
import { Processes } from './processes.ts';

const KAFKA_LIBS = join(import.meta.dirname, '..', '.local', 'kafka-libs');
const UP = { timeoutMs: 60_000 };

/** A Kafka with the topics; whatever else a benchmark needs is started beside it when it is asked for. */
export interface Parts {
  readonly brokers: string;
  readonly kafka: Child;
  readonly processes: Processes;
  /** Ends everything and removes its data. */
  end(): Promise<void>;
}

/** Starts Kafka on a free port, in a folder of its own. @param report takes a line now and then */
export async function startParts(report: (line: string) => void): Promise<Parts> {
  const processes = await Processes.inNewFolder();
  const { dir, env, logFile } = processes;
  try {
    const port = await freePort();
    const brokers = `127.0.0.1:${port}`;
    const java = await findJava(env);
    const libs = await installKafka(KAFKA_LIBS, env, report);
    const place = { dir: join(dir, 'kafka'), port, libs, java, env, logFile };
    const kafka = await processes.started(startKafka(place));
    await waitFor(() => listTopics([brokers]), UP);
    await processes.run('making the topics', 'operate/topics/main.ts', { KAFKA_BROKERS: brokers });
    return { brokers, kafka, processes, end: () => processes.end() };
  } catch (error) {
    await processes.end();
    throw error;
  }
}
