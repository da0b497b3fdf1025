import { CommandError } from '../../consumer/cli/command.ts';

/** Why a call to the vendor's API did not succeed, sorted by what can be done. */
export type FaultReason =
  | 'refused' // 401, 403: the credentials are wrong, or not enough
  | 'absent' // 404, 405: there is no such call at this address
  | 'rejected' // another 4xx
  | 'throttled' // 429
  | 'failing' // 5xx
  | 'moved' // 3xx
  | 'odd-answer' // no JSON, or JSON of another shape
  | 'unreachable' // no connection, or one that was cut
  | 'slow' // no answer in time
  | 'certificate'; // TLS does not hold

/** A call to the vendor's API did not succeed; the message says what happened and what to do, and holds no secret. */
export class QiscusFault extends CommandError {
  override readonly name = 'QiscusFault';
  readonly reason: FaultReason;

  constructor(reason: FaultReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Reasons that may pass by themselves; the calls set a state, so that each can be made again. */
export const PASSING: ReadonlySet<FaultReason> = new Set(['throttled', 'failing', 'unreachable', 'slow']);

/** What an HTTP status means. @param call such as `POST /api/v1/auth`; @param settings those that it depends on */
export function faultOfStatus(status: number, call: string, settings: string): QiscusFault {
  const fault = (reason: FaultReason, what: string, advice: string) =>
    new QiscusFault(reason, `${call} answered ${status}: ${what} ${advice}`);
  if (status === 401)
    return fault('refused', 'the vendor does not accept the credentials.', `Check ${settings}.`);
  if (status === 403)
    return fault(
      'refused',
      'these credentials may not do that.',
      `Use those of an administrator: ${settings}.`,
    );
  if (status === 404 || status === 405)
    return fault(
      'absent',
      'there is no such call there.',
      'Check QISCUS_BASE_URL, or set it in the vendor’s dashboard.',
    );
  if (status === 429) return fault('throttled', 'too many calls.', 'Try again in a few minutes.');
  if (status >= 500)
    return fault(
      'failing',
      'the vendor’s server failed.',
      'Try again later; nothing else has to be done first.',
    );
  if (status >= 300 && status < 400)
    return fault(
      'moved',
      'the address leads elsewhere.',
      'Set QISCUS_BASE_URL to where the API is; no redirect is followed, since it would take the credentials along.',
    );
  return fault('rejected', 'the vendor refused what was sent.', `Check WEBHOOK_URL and ${settings}.`);
}

/** Codes that OpenSSL and Node give to a certificate that cannot be trusted or does not fit. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS|ERR_SSL/;

/** What a call that got no answer means, by the code of its cause. */
export function faultOfSilence(error: unknown, call: string, origin: string): QiscusFault {
  const code = codeOf(error);
  if (isTimeout(error))
    return new QiscusFault(
      'slow',
      `${call} got no answer in time. Try again, or give it longer with --timeout.`,
    );
  if (CERTIFICATE.test(code))
    return new QiscusFault(
      'certificate',
      `${call} was not made: the certificate of ${origin} does not fit (${code}). Check QISCUS_BASE_URL. If a proxy of your own stands in between, name its authority in NODE_EXTRA_CA_CERTS.`,
    );
  return new QiscusFault(
    'unreachable',
    `${call} got no whole answer from ${origin} (${code}). Check QISCUS_BASE_URL and the network, then try again.`,
  );
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || /TIMEOUT/.test(codeOf(error));
}

/** The innermost code that there is; never a message, which may quote what was sent. */
function codeOf(error: unknown): string {
  const codes: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') codes.push(each.code);
  }
  return codes.at(-1) ?? (error instanceof Error ? error.name : 'unknown');
}
