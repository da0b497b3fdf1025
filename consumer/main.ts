import { SettingsError } from '../schemas/settings.ts';
import { type ConsumerSettings, readSettings } from './config.ts';
import { startConsumer } from './consumer.ts';
import { createLog } from './watch/log.ts';

/** A stop that takes longer is ended: what was not committed is read again. */
const STOP_LIMIT_MS = 10_000;

const settings = settingsOrExit();
const log = createLog(settings.LOG_LEVEL);
// Node itself would print the error's text, which may quote a row.
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'the consumer ends on a bug of ours, to be started again');
  process.exit(1);
});

const running = await startConsumer(settings, log, (reason) => {
  log.fatal({ reason }, 'the consumer is dead; it ends, to be started again');
  process.exit(1);
}).catch((error: NodeJS.ErrnoException) => {
  log.fatal({ err: error }, 'the consumer cannot serve; look at CONSUMER_HOST and CONSUMER_PORT');
  process.exit(1);
});

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
// Started by a process that has died since: nobody else would stop this one.
if (process.channel !== undefined) process.once('disconnect', () => stop('disconnect'));

async function stop(reason: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info({ reason }, 'stopping; the batches in hand are finished first');
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
  await running.stop();
  log.info('stopped');
  process.exit(0);
}

function settingsOrExit(): ConsumerSettings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
