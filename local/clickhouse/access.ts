import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a request may do. The engine has one user; a request takes one of its roles before its statement runs. `reader`
 * selects and shows: it has no grant on files, the network, processes, SYSTEM, KILL or anything that writes.
 */
export type Role = 'writer' | 'reader';

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
const usersXml = (memoryBytes: number) => `<clickhouse>
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
    <writer><grants><query>GRANT ALL ON *.*</query></grants></writer>
    <reader><grants><query>GRANT SELECT, SHOW, dictGet ON *.*</query></grants></reader>
  </roles>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants><query>GRANT writer, reader</query></grants>
    </default>
  </users>
  <quotas><default/></quotas>
</clickhouse>
`;

/** Writes the engine's configuration into a folder. @param memoryBytes of a query @returns the argument with which the engine takes it */
export function writeAccess(dir: string, memoryBytes: number): string {
  const usersPath = join(dir, 'users.xml');
  const configPath = join(dir, 'config.xml');
  mkdirSync(dir, { recursive: true });
  writeFileSync(usersPath, usersXml(memoryBytes));
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
