import { parseJson } from '../../schemas/json.ts';
import { endOfValue, skipSpace } from './json-text.ts';

/** A stretch of JSON text and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with its edits, which are in order and do not overlap; all else stays byte for byte. */
export function applyEdits(json: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end, text } of edits) {
    pieces.push(json.slice(from, start), text);
    from = end;
  }
  return pieces.join('') + json.slice(from);
}

/** Cuts out the member whose key stands at `start` to `keyEnd`: one comma goes with it, and the cuts since that comma. */
export function cutMember(edits: Edit[], json: string, member: MemberPlace): Edit {
  const cut = memberCut(json, member);
  // A last member takes the comma before it along, and with it the cuts since that comma.
  while ((edits.at(-1)?.start ?? -1) >= cut.start) edits.pop();
  edits.push(cut);
  return cut;
}

/** Where the key of a member stands. */
export interface MemberPlace {
  readonly start: number;
  readonly keyEnd: number;
  /** The comma before it, -1 before an object's first. */
  readonly comma: number;
}

function memberCut(json: string, { start, keyEnd, comma }: MemberPlace): Edit {
  const colon = skipSpace(json, keyEnd);
  const valueEnd = endOfValue(json, skipSpace(json, colon + 1));
  const next = skipSpace(json, valueEnd);
  if (json[next] === ',') return { start, end: skipSpace(json, next + 1), text: '' };
  return { start: comma === -1 ? start : comma, end: valueEnd, text: '' };
}

/** What a string of JSON says. */
export function unquote(quoted: string): string {
  return JSON.parse(quoted);
}

/** Whether a text is an object, a list or a string in JSON. */
export function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    parseJson(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
