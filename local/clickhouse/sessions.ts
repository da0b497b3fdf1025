import { serverFault } from './faults.ts';
import type { Connection } from './native.ts';

/** The session that a request belongs to, by the parameters of ClickHouse's HTTP interface. */
export type SessionAsk = { id: string; timeoutMs: number; mustExist: boolean };

type Session = { connection: Connection; busy: boolean; timer: NodeJS.Timeout | undefined };

const MOST_SESSIONS = 1000;

/**
 * Connections that outlive their request, with their settings and temporary tables, until nobody has asked for as
 * long as the last request said.
 */
export class Sessions {
  readonly #open: () => Connection;
  readonly #close: (connection: Connection) => void;
  readonly #sessions = new Map<string, Session>();

  constructor(connections: { open: () => Connection; close: (connection: Connection) => void }) {
    this.#open = connections.open;
    this.#close = connections.close;
  }

  /**
   * Runs `work` on the session's connection.
   * @throws EngineFault 372 where it must exist and does not; 373 while another request of the session runs
   */
  async use<T>(ask: SessionAsk, work: (connection: Connection) => Promise<T>): Promise<T> {
    const session = this.#find(ask);
    clearTimeout(session.timer);
    session.busy = true;
    try {
      return await work(session.connection);
    } finally {
      session.busy = false;
      session.timer = setTimeout(() => this.#end(ask.id), ask.timeoutMs).unref();
    }
  }

  /** Ends all of them. None may be busy. */
  close(): void {
    for (const id of [...this.#sessions.keys()]) this.#end(id);
  }

  #find({ id, mustExist }: SessionAsk): Session {
    const known = this.#sessions.get(id);
    if (known?.busy) throw serverFault('sessionLocked', `Session ${id} is locked by a concurrent client`);
    if (known !== undefined) return known;
    if (mustExist) throw serverFault('noSession', `Session ${id} not found`);
    if (this.#sessions.size >= MOST_SESSIONS) {
      throw serverFault('tooManyQueries', `Too many sessions: ${MOST_SESSIONS} are open`);
    }
    const session: Session = { connection: this.#open(), busy: false, timer: undefined };
    this.#sessions.set(id, session);
    return session;
  }

  #end(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    clearTimeout(session.timer);
    this.#sessions.delete(id);
    this.#close(session.connection);
  }
}
