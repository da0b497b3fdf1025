import { commandLine, runCommand } from '../../consumer/cli/command.ts';
import { diagnose } from './diagnose.ts';
import { inText, isHealthy } from './report.ts';

const SETTINGS = `
Settings, from the environment: those of the Worker and the consumer (see docs/operations.md); the pipeline of "npm start"
unless they say otherwise. What is looked at is not changed.

Exit code: 0 nothing to mend, 1 something, or it could not be looked at.
`;

/**
 * `npm run doctor`: whether all that the pipeline needs is there, reachable and safe; what is not, and how to mend it.
 */
await runCommand(async () => {
  const { json = false, beforeDeploy = false } = commandLine(
    'doctor',
    'Says what is wrong with a set-up, and how to mend it.',
  )
    .option('--json', 'one JSON object, for programs')
    .option('--before-deploy', 'without what runs only after it: the Worker and the consumer')
    .addHelpText('after', SETTINGS)
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const findings = await diagnose(process.env, beforeDeploy);
  const healthy = isHealthy(findings);
  process.stdout.write(json ? `${JSON.stringify({ healthy, findings }, null, 2)}\n` : inText(findings));
  return healthy ? 0 : 1;
});
