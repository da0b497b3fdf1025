import { commandLine } from '../../cli/command.ts';
import { waitSeconds } from '../../cli/values.ts';

const EXIT_CODES = `
Exit code: 0 every accepted event is where answers come from, once, or was dismissed; 1 events are missing, unexpected,
foreign, counted twice, or refused by Kafka and set aside, or a chain does not hold; 2 it cannot be said, because a part did not answer; 3 nothing
is lost, but some are still in flight after the wait, or wait as open dead letters.
`;

/** What the command line asks for. */
export interface AuditRequest {
  readonly app: string | undefined;
  readonly waitMs: number;
  readonly isJson: boolean;
  /** Whether the chain of each outbox is to be walked. */
  readonly isVerified: boolean;
  /** The file with the links that were kept elsewhere. */
  readonly heads: string | undefined;
}

/** Reads the command line. @throws CommanderError */
export function readArguments(args: readonly string[]): AuditRequest {
  const {
    app,
    wait,
    json = false,
    verify = false,
    heads,
  } = commandLine('audit', 'Says whether every accepted event is where it should be.')
    .option('--app <id>', 'one Qiscus app (default: all)')
    .option('--wait <seconds>', 'how long to wait for what is in flight', waitSeconds, 10)
    .option('--verify', 'also whether an event was changed, taken out or put in after the fact')
    .option('--heads <file>', 'with --verify: whether the heads still stand that an earlier --json told')
    .option('--json', 'for programs')
    .addHelpText('after', EXIT_CODES)
    .parse(args, { from: 'user' })
    .opts();
  return { app, waitMs: wait * 1_000, isJson: json, isVerified: verify || heads !== undefined, heads };
}
