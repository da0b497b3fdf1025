import type { Command } from '@commander-js/extra-typings';
import { commandLine, type ExitCode, runCommand } from '../../consumer/cli/command.ts';
import { withLocalPipeline } from '../../consumer/cli/local-pipeline.ts';
import { waitSeconds } from '../../consumer/cli/values.ts';
import { contextOf } from './context.ts';
import { disable } from './disable.ts';
import { enable } from './enable.ts';
import { addKind, KINDS } from './kinds.ts';
import { readQiscusSettings } from './settings.ts';
import { status } from './status.ts';
import { zoneName } from './time-zone.ts';

const SETTINGS = `
Settings, from the environment:
  QISCUS_APP_ID, QISCUS_SECRET_KEY     Settings → App Information in the vendor's dashboard
  QISCUS_ADMIN_TOKEN                   or QISCUS_EMAIL and QISCUS_PASSWORD, from which it is fetched
  WEBHOOK_URL                          ours: https://your-worker.example.com/webhooks/{app}/{token}
  QISCUS_BASE_URL                      https://omnichannel.qiscus.com unless it says otherwise
  WORKER_URL, ADMIN_TOKEN, CLICKHOUSE_URL   to see what has come; the pipeline of "npm start" unless they say otherwise

Exit code: 0 all that was asked for stands; 1 not, or it could not be done.
`;

/** `npm run qiscus -- status | enable | disable`: the vendor's webhooks, read back, registered and turned off. */

await runCommand(async () => {
  let exitCode: ExitCode = 0;
  const program = commandLine(
    'qiscus',
    'Registers our URL for the vendor’s webhooks, and reads back what is registered.',
  ).addHelpText('after', SETTINGS);

  withCommonOptions(program.command('status'))
    .description('what is registered, whether it is ours, and what has come')
    .option('--tz <zone>', 'time zone of your reports', zoneName, 'Asia/Jakarta')
    .action(async ({ tz, timeout, json = false }) => {
      exitCode = await status(contextNow(timeout, json), tz);
    });

  withCommonOptions(program.command('enable'))
    .description('registers WEBHOOK_URL; shows first what that changes, and asks')
    .argument('[kind...]', `${KINDS.join(', ')} (default: all)`, addKind)
    .option('-y, --yes', 'without being asked')
    .option('--wait', 'stays until the first event of each kind has come')
    .option('--for <seconds>', 'how long --wait stays (default: until all have come)', waitSeconds)
    .action(async (kinds, { yes = false, wait = false, for: seconds, timeout, json = false }) => {
      const waitMs = seconds === undefined ? undefined : seconds * 1_000;
      const request = {
        kinds: kinds ?? [],
        isConfirmed: yes,
        isWaiting: wait || seconds !== undefined,
        waitMs,
      };
      exitCode = await enable(contextNow(timeout, json), request);
    });

  withCommonOptions(program.command('disable'))
    .description('turns webhooks off; another’s URL only with --foreign')
    .argument('[kind...]', `${KINDS.join(', ')} (default: all)`, addKind)
    .option('-y, --yes', 'without being asked')
    .option('--foreign', 'turns off another’s URL too')
    .action(async (kinds, { yes = false, foreign = false, timeout, json = false }) => {
      const request = { kinds: kinds ?? [], isConfirmed: yes, isForeignMeant: foreign };
      exitCode = await disable(contextNow(timeout, json), request);
    });

  await program.parseAsync(process.argv.slice(2), { from: 'user' });
  return exitCode;
});

function withCommonOptions(command: Command) {
  return command
    .option('--timeout <seconds>', 'how long the vendor may take for an answer', waitSeconds, 15)
    .option('--json', 'one JSON object, for programs');
}

function contextNow(timeoutSeconds: number, isJson: boolean) {
  return contextOf(readQiscusSettings(withLocalPipeline(process.env)), timeoutSeconds * 1_000, isJson);
}
