import { Option } from '@commander-js/extra-typings';
import { KINDS, type Kind } from '../../../schemas/webhooks.ts';
import { commandLine } from '../../cli/command.ts';
import { pastMs } from '../../cli/values.ts';

export interface TailOptions {
  /** Undefined for all. */
  readonly kind: Kind | undefined;
  readonly app: string | undefined;
  /** Milliseconds since 1970; undefined for what comes from now on. */
  readonly fromMs: number | undefined;
  readonly isJson: boolean;
}

const EXPLANATION = `
It shows what is on the stream: names of customers and what they wrote. It joins as a consumer group of its own, which
is gone when it ends, and moves nobody's offsets. Records that are no events are told on the error stream.
`;

/** Reads the command line. @throws CommanderError */
export function readOptions(args: readonly string[]): TailOptions {
  const command = commandLine('tail', 'Shows events as they are published, until it is stopped.')
    .addOption(new Option('--kind <kind>', 'those of one kind (default: all)').choices(KINDS))
    .option('--app <id>', 'those of one app (default: all)')
    .option('--from <time>', 'begin with those published so long ago, as 10m, or since a time', pastMs)
    .option('--json', 'each event as a CloudEvent in structured mode, one JSON object a line')
    .addHelpText('after', EXPLANATION);
  const { kind, app, from, json = false } = command.parse(args, { from: 'user' }).opts();
  return { kind, app, fromMs: from, isJson: json };
}
