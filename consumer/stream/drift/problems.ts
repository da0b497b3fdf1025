import type { JsonObject } from '../../../schemas/json.ts';
import { recognize } from '../../../schemas/recognize.ts';
import { type Kind, WEBHOOKS } from '../../../schemas/webhooks.ts';

/** Why a payload is not recognized. */
export interface Problem {
  /** What it means to be, or unrecognized. */
  readonly kind: Kind;
  /** The field; empty for the body itself. */
  readonly path: string;
  /** What it must be. */
  readonly expected: string;
}

const MOST_PROBLEMS = 20;
const MOST_CHARACTERS = 200;

/** Why a payload is not recognized by today's code; none where it is. */
export function problemsIn(body: JsonObject): Problem[] {
  const recognized = recognize(body);
  if (recognized.kind !== 'unrecognized') return [];
  const kind = WEBHOOKS.find(({ claims }) => claims(body))?.kind ?? 'unrecognized';
  const told = recognized.problems.slice(0, MOST_PROBLEMS).map((problem) => parted(problem));
  return told.map(({ path, expected }) => ({ kind, path, expected }));
}

/** `service.room_id must be a number` in its parts. */
function parted(problem: string): { path: string; expected: string } {
  const at = problem.indexOf(' must be ');
  const [field, expected] = at === -1 ? ['', problem] : [problem.slice(0, at), problem.slice(at + 1)];
  // Of an array's items, the place of the first that does not fit is data.
  const path = field.replace(/\.\d+(?=\.|$)/g, '[]');
  return { path: path.slice(0, MOST_CHARACTERS), expected: expected.slice(0, MOST_CHARACTERS) };
}
