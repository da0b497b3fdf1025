import { CommandError } from '../consumer/cli/command.ts';

/** Something on the user's machine stands in the way of a start. The message says what it is and what to do. */
export class Trouble extends CommandError {
  override readonly name = 'Trouble';
}
