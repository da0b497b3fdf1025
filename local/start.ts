import { SettingsError } from '../schemas/settings.ts';
import { banner } from './banner.ts';
import { checkPorts, prepareFolder } from './folder.ts';
import { PidFiles } from './pid-files.ts';
import { Pipeline } from './pipeline.ts';
import { type LocalSettings, readSettings } from './settings.ts';
import { reportLine, survivePipeEnd } from './terminal.ts';
import { Trouble } from './trouble.ts';

/** `npm start`: the whole pipeline on this machine, until Ctrl-C. */

/** A terminal's Ctrl-C reaches npm and us, and npm passes it on: within this time it is the same one. */
const SAME_SIGNAL_MS = 500;
const PARENT_CHECK_MS = 500;
const KILLED_EXIT_CODE = 130;

async function main(settings: LocalSettings): Promise<void> {
  const pidFiles = new PidFiles(settings.dir);
  await pidFiles.claim();
  const pipeline = new Pipeline(settings, pidFiles, reportLine);
  const asked = Promise.withResolvers<void>();
  watchForEnd(settings, asked.resolve, () => pipeline.kill());
  try {
    const orphans = await pidFiles.endOrphans();
    if (orphans.length > 0) reportLine('start', `ended what an earlier start left: ${orphans.join(', ')}`);
    await prepareFolder(settings);
    await checkPorts(settings);
    const outcome = await Promise.race([pipeline.start().then(() => 'up'), asked.promise]);
    if (outcome === 'up') {
      process.stdout.write(`${banner(settings)}\nready\n`);
      await asked.promise;
    }
    reportLine('start', 'ending all; Ctrl-C again ends it at once');
  } finally {
    await pipeline.stop();
    await pidFiles.release();
  }
  reportLine('start', 'all ended');
}

/** Calls `end` when the user asks for the end, and ends everything by force when asked a second time. */
function watchForEnd({ underNpm }: LocalSettings, end: () => void, kill: () => void): void {
  let firstMs: number | undefined;
  const onSignal = () => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > SAME_SIGNAL_MS) {
      kill();
      process.exit(KILLED_EXIT_CODE);
    }
    end();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  // Whatever way this process goes, by a fault of its own too: nothing stays behind.
  process.on('exit', kill);
  if (!underNpm) return;
  // npm may be killed, or its shell take a signal and pass on none.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_CHECK_MS).unref();
}

survivePipeEnd();
try {
  await main(readSettings(process.env));
  process.exit(0);
} catch (fault) {
  if (!(fault instanceof Trouble || fault instanceof SettingsError)) throw fault;
  process.stderr.write(`\n${fault.message}\n`);
  process.exit(1);
}
