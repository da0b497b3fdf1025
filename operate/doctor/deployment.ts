import { type Finding, findingsOf } from './finding.ts';

/** What of `wrangler.toml` decides whether the Worker runs, and keeps its data. */
export interface Deployment {
  readonly compatibility_date?: string | undefined;
  readonly compatibility_flags?: readonly string[] | undefined;
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
  readonly migrations: readonly {
    readonly tag: string;
    readonly new_sqlite_classes?: readonly string[] | undefined;
    readonly deleted_classes?: readonly string[] | undefined;
  }[];
  readonly vars: Readonly<Record<string, unknown>>;
}

const BINDINGS = { OUTBOX: 'Outbox', LAYOUTS: 'Layouts', REFUSALS: 'Refusals' } as const;
/** From then on ArkType's types work in a Worker's module scope. */
const OLDEST_DATE = '2025-06-01';
const { ok, failure } = findingsOf('deployment');

/** Looks at how the Worker is to be deployed. */
export function lookAtDeployment(config: Deployment, nowMs: number): Finding[] {
  const findings = [...ofBindings(config), ...ofDate(config, nowMs)];
  if (!config.compatibility_flags?.includes('nodejs_compat')) {
    findings.push(
      failure(
        'the flag nodejs_compat is missing: kafkajs needs it',
        'Put it into compatibility_flags of wrangler.toml.',
      ),
    );
  }
  return findings.length > 0
    ? findings
    : [ok('wrangler.toml: bindings, migrations and compatibility date fit')];
}

function ofBindings({ durable_objects: objects, migrations }: Deployment): Finding[] {
  const made = new Set(migrations.flatMap(({ new_sqlite_classes: classes = [] }) => classes));
  for (const gone of migrations.flatMap(({ deleted_classes: classes = [] }) => classes)) made.delete(gone);
  return Object.entries(BINDINGS).flatMap(([name, className]) => {
    const bound = objects.bindings.find((binding) => binding.name === name);
    if (bound?.class_name !== className) {
      return [
        failure(
          `the binding ${name} is missing, or not to ${className}`,
          'Take [[durable_objects.bindings]] from the repository.',
        ),
      ];
    }
    if (made.has(className)) return [];
    const mend =
      'Add a [[migrations]] with a tag of its own and new_sqlite_classes; never change one that was deployed.';
    return [failure(`no migration makes ${className} with SQLite storage`, mend)];
  });
}

function ofDate({ compatibility_date: date = '' }: Deployment, nowMs: number): Finding[] {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  if (date >= OLDEST_DATE && date <= today) return [];
  const mend = `Set it to a date from ${OLDEST_DATE} to ${today}.`;
  return [failure(`compatibility_date is ${date === '' ? 'missing' : date}`, mend)];
}
