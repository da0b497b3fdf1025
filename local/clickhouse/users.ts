import { type Access, OWNER, type Role, VISITOR } from './access.ts';
import { tokens } from './tokens.ts';

/** The users that may ask, by name, and the roles that the engine must know for them. */
export type Users = { access: ReadonlyMap<string, Access>; roles: readonly Role[] };

/** Who asks without a name. */
export const DEFAULT_USER = 'default';

/** `default` may do everything, `reader` read everything. */
export const OWN_USERS: Users = {
  access: new Map([
    [DEFAULT_USER, OWNER],
    ['reader', VISITOR],
  ]),
  roles: [],
};

/**
 * Reads users and roles out of the SQL that makes them on a server, for the engine takes neither CREATE USER nor CREATE
 * ROLE: it has no place to keep them. Passwords are not looked at: only this machine gets here.
 * @param sql the statements of operate/clickhouse/users.sql: CREATE ROLE, CREATE USER, GRANT
 * @returns these users, and `default`, who may do everything
 * @throws Error for a statement of another form: left out, it would make the local users other than a server's
 */
export function readUsers(sql: string): Users {
  const access = new Map([[DEFAULT_USER, OWNER]]);
  const grants = new Map<string, string[]>();
  for (const statement of statements(sql)) {
    const role = /^CREATE ROLE IF NOT EXISTS (\w+)$/.exec(statement)?.[1];
    const [, user, settings] =
      /^CREATE USER IF NOT EXISTS (\w+) IDENTIFIED BY \{ \w+ : String \}(?: SETTINGS (.+))?$/.exec(
        statement,
      ) ?? [];
    const [, granted = '', grantee = ''] = /^(GRANT .+) TO (\w+)$/.exec(statement) ?? [];
    const grantedRole = /^GRANT (\w+)$/.exec(granted)?.[1];
    if (role !== undefined) grants.set(role, []);
    else if (user !== undefined && (settings === undefined || settings === 'readonly = 2'))
      access.set(user, { role: '', readsOnly: settings !== undefined });
    else if (grantedRole !== undefined && grants.has(grantedRole) && access.get(grantee)?.role === '')
      access.set(grantee, { ...(access.get(grantee) ?? VISITOR), role: grantedRole });
    else if (grantedRole === undefined && grants.has(grantee)) grants.get(grantee)?.push(granted);
    else throw new Error(`The local ClickHouse cannot make this out: ${statement}`);
  }
  return { access, roles: [...grants].map(([name, all]) => ({ name, grants: all })) };
}

/** Each statement on one line, its tokens apart but for the dots in names. */
function statements(sql: string): string[] {
  const text = [...tokens(sql)].map((token) => token.text).join(' ');
  return text
    .split(';')
    .map((statement) => statement.replaceAll(' . ', '.').trim())
    .filter((statement) => statement !== '');
}
