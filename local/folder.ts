import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isPortFree } from './ports.ts';
import type { LocalSettings } from './settings.ts';
import { Trouble } from './trouble.ts';

/** Makes the data folder, and moves the last run's logs aside: `kafka.log` becomes `kafka.log.1`. */
export async function prepareFolder({ dir }: LocalSettings): Promise<void> {
  const logs = join(dir, 'logs');
  await mkdir(logs, { recursive: true });
  for (const file of await readdir(logs)) {
    if (file.endsWith('.log')) await rename(join(logs, file), join(logs, `${file}.1`));
  }
}

/** @throws Trouble naming each port that something else listens on, or that is wanted twice */
export async function checkPorts({ ports, startsKafka, startsClickHouse }: LocalSettings): Promise<void> {
  const needed: [string, number, string][] = [
    ['the Worker', ports.worker, 'WORKER_PORT'],
    ['the consumer', ports.consumer, 'CONSUMER_PORT'],
    ...(startsKafka ? ([['Kafka', ports.kafka, 'KAFKA_PORT']] as [string, number, string][]) : []),
    ...(startsClickHouse
      ? ([['ClickHouse', ports.clickHouse, 'CLICKHOUSE_PORT']] as [string, number, string][])
      : []),
  ];
  const wrong: string[] = [];
  const seen = new Set<number>();
  for (const [who, port, setting] of needed) {
    if (seen.has(port)) wrong.push(`port ${port} is wanted twice: set ${setting} to another`);
    else if (!(await isPortFree(port))) {
      wrong.push(`port ${port} is taken, and ${who} needs it: end what listens there, or set ${setting}`);
    }
    seen.add(port);
  }
  if (wrong.length > 0) throw new Trouble(wrong.join('\n'));
}
