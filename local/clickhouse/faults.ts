/** An error as ClickHouse tells it: its number, its name, and the sentence with both. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';
  readonly code: number;

  /** @param text `Code: N. DB::Exception: … (NAME)` */
  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** Codes that this server raises itself, as ClickHouse's own HTTP server would. */
const FAULT = {
  syntax: { code: 62, name: 'SYNTAX_ERROR' },
  tooManyQueries: { code: 202, name: 'TOO_MANY_SIMULTANEOUS_QUERIES' },
  tooLarge: { code: 229, name: 'QUERY_IS_TOO_LARGE' },
  notImplemented: { code: 48, name: 'NOT_IMPLEMENTED' },
  intoOutfile: { code: 358, name: 'INTO_OUTFILE_NOT_ALLOWED' },
  incorrectData: { code: 117, name: 'INCORRECT_DATA' },
  readonly: { code: 164, name: 'READONLY' },
  sameId: { code: 216, name: 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING' },
  noSession: { code: 372, name: 'SESSION_NOT_FOUND' },
  sessionLocked: { code: 373, name: 'SESSION_IS_LOCKED' },
  badArguments: { code: 36, name: 'BAD_ARGUMENTS' },
  badSessionTimeout: { code: 374, name: 'INVALID_SESSION_TIMEOUT' },
  cancelled: { code: 394, name: 'QUERY_WAS_CANCELLED' },
  tooManyBytes: { code: 396, name: 'TOO_MANY_ROWS_OR_BYTES' },
  authentication: { code: 516, name: 'AUTHENTICATION_FAILED' },
  accessDenied: { code: 497, name: 'ACCESS_DENIED' },
} as const;

/** A fault that this server finds itself, in the engine's words. */
export function serverFault(kind: keyof typeof FAULT, message: string): EngineFault {
  const { code, name } = FAULT[kind];
  return new EngineFault(code, `Code: ${code}. DB::Exception: ${message} (${name})`);
}

const UNKNOWN_EXCEPTION = 1002;

/** What the native addon threw. It gives an Error whose text begins with ClickHouse's code: there is no field. */
export function engineFault(thrown: unknown): EngineFault {
  if (thrown instanceof EngineFault) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const code = /^Code: (\d+)/.exec(text)?.[1];
  if (code !== undefined) return new EngineFault(Number(code), text);
  return new EngineFault(
    UNKNOWN_EXCEPTION,
    `Code: ${UNKNOWN_EXCEPTION}. DB::Exception: ${text} (UNKNOWN_EXCEPTION)`,
  );
}

const HTTP_STATUS = new Map(
  Object.entries({
    400: [
      6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675,
      676,
    ],
    401: [194],
    403: [192, 193, 497, 512, 516],
    404: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511],
    408: [159],
    411: [381],
    413: [229],
    415: [779],
    501: [48],
    503: [76, 209, 439],
  }).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

/** The HTTP status that ClickHouse gives an exception's code; 500 for all that it does not list. */
export function httpStatus(code: number): number {
  return HTTP_STATUS.get(code) ?? 500;
}
