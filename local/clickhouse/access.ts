import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a request may do. The engine has one user; a request takes one of its roles before its statement runs, and the
 * engine refuses what that role has no grant for.
 */
export type Access = {
  role: string;
  /** Whether it runs with ClickHouse's readonly = 2. */
  readsOnly: boolean;
};

/** A role, and what it may, as statements `GRANT … ON …` without whom to. */
export type Role = { name: string; grants: readonly string[] };

/** Everything. */
export const OWNER: Access = { role: 'owner', readsOnly: false };
/** Selects and shows: it has no grant on files, the network, processes, SYSTEM, KILL or anything that writes. */
export const VISITOR: Access = { role: 'visitor', readsOnly: true };

const OWN_ROLES: readonly Role[] = [
  { name: OWNER.role, grants: ['GRANT ALL ON *.*'] },
  { name: VISITOR.role, grants: ['GRANT SELECT, SHOW, dictGet ON *.*'] },
];

/** After it the answer is code 159; a setting of the request may say otherwise. */
const QUERY_SECONDS = 600;
/** What sorting and grouping may put on disk; an abandoned query must not fill it. */
const QUERY_DISK_BYTES = 2_000_000_000;

/**
 * What a query may take; above that the answer is code 241. Sorting and grouping go to disk before. With the slots that
 * there are (engine.ts), all queries together stay below 2 GB.
 *
 * It is no limit of the user or of the server. What a query allocates and another thread frees is counted to its user
 * for as long as anything of that user runs: under lasting load, that count alone comes to any limit within minutes. And
 * what the server's tables and caches hold counts to the server: at that limit, nothing could be stored any more.
 * @param memoryBytes the most that a request may set, too
 */
const usersXml = (memoryBytes: number, roles: readonly Role[]) => `<clickhouse>
  <profiles>
    <default>
      <max_memory_usage>${memoryBytes}</max_memory_usage>
      <max_bytes_before_external_group_by>${Math.floor(memoryBytes / 3)}</max_bytes_before_external_group_by>
      <max_bytes_before_external_sort>${Math.floor(memoryBytes / 3)}</max_bytes_before_external_sort>
      <max_temporary_data_on_disk_size_for_query>${QUERY_DISK_BYTES}</max_temporary_data_on_disk_size_for_query>
      <max_execution_time>${QUERY_SECONDS}</max_execution_time>
      <constraints>
        <max_memory_usage><min>1</min><max>${memoryBytes}</max></max_memory_usage>
        <dialect><readonly/></dialect>
        <!-- At 0 the embedded engine tells of progress, and of nothing else, for ever. -->
        <interactive_delay><min>1</min></interactive_delay>
      </constraints>
    </default>
  </profiles>
  <roles>
${roles.map(roleXml).join('\n')}
  </roles>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants><query>GRANT ${roles.map(({ name }) => name).join(', ')}</query></grants>
    </default>
  </users>
  <quotas><default/></quotas>
</clickhouse>
`;

function roleXml({ name, grants }: Role): string {
  const queries = grants.map((grant) => `<query>${xml(grant)}</query>`).join('');
  return `    <${name}><grants>${queries}</grants></${name}>`;
}

/**
 * Writes the engine's configuration into a folder.
 * @param memoryBytes of a query
 * @param roles besides the two that there always are
 * @returns the argument with which the engine takes it
 */
export function writeAccess(dir: string, memoryBytes: number, roles: readonly Role[]): string {
  const usersPath = join(dir, 'users.xml');
  const configPath = join(dir, 'config.xml');
  mkdirSync(dir, { recursive: true });
  writeFileSync(usersPath, usersXml(memoryBytes, [...OWN_ROLES, ...roles]));
  writeFileSync(
    configPath,
    `<clickhouse>
  <user_directories><users_xml><path>${xml(usersPath)}</path></users_xml></user_directories>
</clickhouse>
`,
  );
  return `--config-file=${configPath}`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
