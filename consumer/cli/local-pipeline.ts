/**
 * An environment in which the pipeline that `npm start` runs on this machine is meant wherever it does not say
 * otherwise: for the commands that people run beside it.
 */
export function withLocalPipeline(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { WORKER_PORT = '8787', KAFKA_PORT = '9092', CLICKHOUSE_PORT = '8123' } = env;
  return {
    WORKER_URL: `http://127.0.0.1:${WORKER_PORT}`,
    ADMIN_TOKEN: 'local-admin',
    KAFKA_BROKERS: `127.0.0.1:${KAFKA_PORT}`,
    CLICKHOUSE_URL: `http://127.0.0.1:${CLICKHOUSE_PORT}/qiscus`,
    ...env,
  };
}
