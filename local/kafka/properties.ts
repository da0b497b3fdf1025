/** The addresses and the folder of a broker. */
export type BrokerPlace = {
  dataDir: string;
  port: number;
  controllerPort: number;
  /** The port that clients are sent to; another than `port` when a proxy stands before the broker. */
  advertisedPort: number;
};

const HOST = '127.0.0.1';
const LISTS = new Set(['listeners', 'advertised.listeners', 'listener.security.protocol.map']);

/**
 * server.properties for one node that is broker and controller, small and quick to start.
 * @param more other properties, or others' values: `listeners` and the like are added to those that are there
 */
export function serverProperties(
  { dataDir, port, controllerPort, advertisedPort }: BrokerPlace,
  more: Readonly<Record<string, string>> = {},
): string {
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${HOST}:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${HOST}:${advertisedPort}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataDir,
    // Topics are created by an explicit command: a mistyped name must be an error.
    'auto.create.topics.enable': false,
    'num.partitions': 3,
    // One node: more replicas would wait for brokers that never come.
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Each partition costs files and start-up time; the group coordinator needs only one.
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // A group of one need not wait for others to join, and a killed member is given up soon.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // After a kill the broker may register again as soon as its old session is over.
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 3000,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 2,
    // The clean-up buffer is taken from the heap at once, 128 MiB by default.
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    'log.segment.bytes': 268_435_456,
  };
  for (const [key, value] of Object.entries(more)) {
    properties[key] = LISTS.has(key) ? `${properties[key]},${value}` : value;
  }
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${escapeValue(String(value))}\n`)
    .join('');
}

/** A backslash begins an escape in a Java properties file. */
function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\');
}
