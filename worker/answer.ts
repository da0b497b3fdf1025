import type { Refusal } from './admit/admit.ts';
import { READABLE_ENCODINGS } from './admit/encoding.ts';
import type { Stored } from './outbox/client.ts';
import { problem } from './problem.ts';
import { respond } from './respond.ts';

/** The HTTP answer to each ending that a webhook can have. */
export function answer(ending: Refusal | Stored): Response {
  switch (ending.outcome) {
    case 'stored': {
      const { id, kind, duplicate, problems } = ending;
      const body = problems.length > 0 ? { id, kind, duplicate, problems } : { id, kind, duplicate };
      return respond(body, 202);
    }
    case 'full':
      return problem(
        503,
        'Service Unavailable',
        'The outbox is full: nothing was stored. Send it again later.',
        {
          'retry-after': '60',
        },
      );
    case 'unavailable':
      return problem(503, 'Service Unavailable', 'The outbox could not store the event. Send it again.', {
        'retry-after': '5',
      });
    case 'unauthorized':
      return problem(
        401,
        'Unauthorized',
        'The app or its token is not known. Check the URL that was registered.',
      );
    case 'too-large':
      return problem(413, 'Content Too Large', `The body is over ${ending.maxBytes} bytes.`);
    case 'unknown-encoding':
      return problem(
        415,
        'Unsupported Media Type',
        `The body's Content-Encoding cannot be read. Send it in one of ${READABLE_ENCODINGS}, or as it is.`,
        { 'accept-encoding': READABLE_ENCODINGS },
      );
    case 'not-json':
      return problem(400, 'Bad Request', `The body must be a JSON object in UTF-8: ${ending.reason}.`);
    case 'bad-received-at':
      return problem(400, 'Bad Request', 'X-Received-At must be an RFC 3339 time from 1970 until now.');
  }
}
