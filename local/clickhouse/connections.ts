import type { Connection, Native } from './native.ts';

// As in clickhouse-server; the embedded engine starts with the settings of clickhouse-local.
const AS_SERVER = ['--async_load_databases=0', '--implicit_select=0', '--allow_introspection_functions=0'];
// ClickHouse's readonly = 2: no writes, no DDL, settings may change.
const READONLY = ['--readonly=2'];

/** The engine's connections to one data folder, each of which runs one statement at a time. */
export class Connections {
  readonly #native: Native;
  readonly #dir: string;
  readonly #args: string[];
  readonly #last: Connection;

  /** @param access the engine's argument that names its users and roles */
  constructor(native: Native, dir: string, access: string) {
    this.#native = native;
    this.#dir = dir;
    this.#args = [access, ...AS_SERVER];
    // With its last connection the engine closes the data folder: this one keeps it open.
    this.#last = this.open(false);
  }

  /** @param readsOnly with ClickHouse's readonly = 2 */
  open(readsOnly: boolean): Connection {
    const args = readsOnly ? [...this.#args, ...READONLY] : this.#args;
    return this.#native.CreateConnection(this.#dir, args);
  }

  close(connection: Connection): void {
    this.#native.CloseConnection(connection);
  }

  /** Calls `work` with a connection of its own. */
  async use<T>(readsOnly: boolean, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.open(readsOnly);
    try {
      return await work(connection);
    } finally {
      this.close(connection);
    }
  }

  /** Closes the data folder; every other connection must be closed. */
  closeLast(): void {
    this.close(this.#last);
  }
}
