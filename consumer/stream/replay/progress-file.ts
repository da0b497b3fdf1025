import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type } from 'arktype';
import { KINDS } from '../../../schemas/webhooks.ts';
import { CommandError } from '../../cli/command.ts';

const shape = type({
  kinds: type.enumerated(...KINDS).array(),
  'app?': 'string',
  fromMs: 'number.integer',
  toMs: 'number.integer',
  sent: 'number.integer >= 0',
  isDone: 'boolean',
  'after?': { hourMs: 'number.integer', outbox: 'string', sequence: 'number.integer', eventId: 'string' },
});

/** How far a replay to a topic has come. */
export type ReplayState = typeof shape.infer;

/** Where that is kept: a file for each topic, which a kill leaves whole. */
export class ProgressFile {
  readonly path: string;

  constructor(dir: string, topic: string) {
    this.path = join(dir, `${topic}.json`);
  }

  /** Undefined where no replay to the topic was begun. @throws CommandError where the file is not ours */
  async read(): Promise<ReplayState | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const state = shape(parsed(text));
    if (state instanceof type.errors) {
      throw new CommandError(
        `${this.path} does not say how far the replay has come. Remove it, or add --again: then it begins anew.`,
      );
    }
    return state;
  }

  /** Durable when it settles. */
  async write(state: ReplayState): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const next = `${this.path}.next`;
    const file = await open(next, 'w');
    try {
      await file.writeFile(`${JSON.stringify(state)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.path);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
