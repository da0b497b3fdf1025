import { InvalidArgumentError } from '@commander-js/extra-typings';
import { KINDS, type Kind } from '../../../schemas/webhooks.ts';
import { commandLine } from '../../cli/command.ts';
import { pastMs, wholeNumber } from '../../cli/values.ts';

export interface ReplayOptions {
  readonly topic: string;
  readonly kinds: readonly Kind[];
  readonly app: string | undefined;
  /** Milliseconds since 1970; undefined for the first event, and for now. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Events a second; undefined for as many as go. */
  readonly rate: number | undefined;
  /** The folder of the files that say how far each replay has come. */
  readonly progressDir: string;
  readonly isResume: boolean;
  readonly isAgain: boolean;
  readonly isJson: boolean;
}

const EXPLANATION = `
The events are those that were published: the same ids, times, sequence numbers, keys and payloads; a traceparent is
not kept. A topic that the pipeline itself reads is refused. How far it has come is kept in --progress-dir, in a file
for each topic: the same command goes on there, or --resume with the topic alone. What was sent just before a kill may be
sent again. Events that are no longer kept (EVENTS_KEEP_DAYS) are left out, and it says so. Exit code 0 when all of them are in the topic, 1 otherwise.
`;

/** Reads the command line. @throws CommanderError */
export function readOptions(args: readonly string[]): ReplayOptions {
  const { kind, app, from, to, toTopic, rate, progressDir, resume, again, json } = commandLine(
    'replay',
    'Publishes stored events once more, to a topic of a team that starts late or has lost some.',
  )
    .requiredOption('--to-topic <topic>', 'where they go; it must be there', topicName)
    .option('--kind <kind>', 'those of one kind; may be given several times (default: all)', kinds)
    .option('--app <id>', 'those of one app (default: all)')
    .option('--from <time>', 'received since, as 2026-03-01 or 7d (default: the first)', pastMs)
    .option('--to <time>', 'received before (default: now)', pastMs)
    .option('--rate <events>', 'at most so many a second', wholeNumber({ from: 1 }))
    .option('--progress-dir <dir>', 'where it is kept how far it has come', '.local/replay')
    .option('--resume', 'go on with the replay to the topic that is not finished, whatever it selects')
    .option('--again', 'begin anew, also where one has been finished')
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', EXPLANATION)
    .parse(args, { from: 'user' })
    .opts();
  return {
    topic: toTopic,
    kinds: kind ?? KINDS,
    app,
    fromMs: from,
    toMs: to,
    rate,
    progressDir,
    isResume: resume ?? false,
    isAgain: again ?? false,
    isJson: json ?? false,
  };
}

function kinds(text: string, before: readonly Kind[] = []): readonly Kind[] {
  const kind = KINDS.find((each) => each === text);
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${KINDS.join(', ')}.`);
  return before.includes(kind) ? before : [...before, kind];
}

/** As Kafka takes it; it is also the name of a file. */
function topicName(text: string): string {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(text) && !/^\.+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a topic: letters, digits, dots, dashes and underscores.');
}
