import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a request may do. The engine has one user; a request takes one of its roles before its statement runs. `reader`
 * selects and shows: it has no grant on files, the network, processes, SYSTEM, KILL or anything that writes.
 */
export type Role = 'writer' | 'reader';

/**
 * A query may take so much memory, and all of them together a bit more; then the answer is code 241. It is no limit of
 * the whole server: what its tables and caches hold counts there too, and once that reached it, nothing could be asked
 * or stored any more.
 */
const QUERY_MEMORY_BYTES = 800_000_000;
const MOST_QUERY_MEMORY_BYTES = 1_000_000_000;
const ALL_MEMORY_BYTES = 1_300_000_000;
/** After it the answer is code 159; a setting of the request may say otherwise. */
const QUERY_SECONDS = 600;

const USERS = `<clickhouse>
  <profiles>
    <default>
      <max_memory_usage>${QUERY_MEMORY_BYTES}</max_memory_usage>
      <max_memory_usage_for_user>${ALL_MEMORY_BYTES}</max_memory_usage_for_user>
      <max_execution_time>${QUERY_SECONDS}</max_execution_time>
      <constraints>
        <max_memory_usage><min>1</min><max>${MOST_QUERY_MEMORY_BYTES}</max></max_memory_usage>
        <max_memory_usage_for_user><readonly/></max_memory_usage_for_user>
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

/** Writes the engine's configuration into a folder. @returns the argument with which the engine takes it */
export function writeAccess(dir: string): string {
  const usersPath = join(dir, 'users.xml');
  const configPath = join(dir, 'config.xml');
  mkdirSync(dir, { recursive: true });
  writeFileSync(usersPath, USERS);
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
