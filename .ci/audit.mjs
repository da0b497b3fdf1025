// Asks the registry for what is known against the dependencies that run in production, and ends with 1 where it is
// grave. A registry that does not answer such questions fails nothing, and is named.
import { spawnSync } from 'node:child_process';

const GRAVE = ['high', 'critical'];

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const report = parsed(stdout);
if (report?.auditReportVersion === undefined) {
  const reason = report?.message ?? report?.error?.summary ?? 'no answer';
  console.log(
    `Dependencies were not audited: the registry does not say what is known against them (${reason}).`,
  );
} else {
  const grave = Object.values(report.vulnerabilities ?? {}).filter(({ severity }) =>
    GRAVE.includes(severity),
  );
  for (const { name, severity, range } of grave)
    console.log(`${severity}: ${name} ${range}. See "npm audit".`);
  console.log(`Dependencies audited: ${grave.length} with grave faults.`);
  process.exitCode = grave.length > 0 ? 1 : 0;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
