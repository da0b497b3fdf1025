import { ClickHouseError } from '@clickhouse/client';
import { type Logger, pino, stdSerializers } from 'pino';

/**
 * The consumer's log: JSON lines with ISO times. Errors go in as `err`, and come out with class, message and stack;
 * of those that quote what they were given, without the message.
 */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggedError },
  });
}

/** An error as a log may hold it. */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  if (!chainOf(error).some(isTalkative)) return stdSerializers.err(error);
  const { name: type, stack } = error;
  const found = chainOf(error).find((each) => each instanceof ClickHouseError);
  return {
    type,
    ...(found instanceof ClickHouseError && { code: found.code, clickhouse: found.type }),
    // Its frames alone: the first lines are the message.
    stack: (stack ?? '').split('\n').filter(isFrame).join('\n'),
  };
}

/** ClickHouse quotes the row that it refuses, and `JSON.parse` the text that is no JSON. */
function isTalkative(error: Error): boolean {
  return error instanceof ClickHouseError || error instanceof SyntaxError;
}

const isFrame = (line: string) => /^\s+at /.test(line);

function chainOf(error: Error): Error[] {
  const chain: Error[] = [];
  for (let each: unknown = error; each instanceof Error && !chain.includes(each); each = each.cause) {
    chain.push(each);
  }
  return chain;
}
