import { undoAfterwards } from './clean-up.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/**
 * A TCP proxy before a server on this machine, for faults of the network; gone after the test. A Kafka behind it must
 * advertise the proxy's port: `startOwnKafka({ port, advertisedPort: proxy.port })`.
 * @param targetPort the server's port on 127.0.0.1
 */
export async function startProxy(targetPort: number): Promise<TcpProxy> {
  const proxy = await startTcpProxy(targetPort);
  undoAfterwards(() => proxy.set('cut'));
  return proxy;
}
