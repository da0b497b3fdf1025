import { applyEdits, cutMember, type Edit, isJson, unquote } from './json-edits.ts';
import { endOfString } from './json-text.ts';

/**
 * Removes secrets from valid JSON text by key name, at any depth, also inside JSON held in strings. It works on the
 * text, not on the parsed value: all that is no secret stays byte for byte as it was sent, repeated keys, long
 * numbers and spacing included.
 */
export function createRedactor(secretKeys: readonly string[]): (json: string) => string {
  const keys = new Set(secretKeys.map((key) => key.toLowerCase()));
  const names = [...keys].map((key) => key.replace(/\W/g, '\\$&')).join('|');
  // A key may be spelled with \u escapes, so text with any gets the full look; most text has neither.
  const suspicious = new RegExp(`${names}|\\\\u`, 'i');
  const isSecret = (quoted: string) => keys.has(unquote(quoted).toLowerCase());

  const redact = (json: string): string =>
    suspicious.test(json) ? applyEdits(json, findEdits(json, isSecret, redactString)) : json;

  const redactString = (quoted: string): string => {
    if (!suspicious.test(quoted)) return quoted;
    const held = unquote(quoted);
    if (!isJson(held)) return quoted;
    const redacted = redact(held);
    return redacted === held ? quoted : JSON.stringify(redacted);
  };
  return redact;
}

function findEdits(
  json: string,
  isSecret: (quoted: string) => boolean,
  redactString: (quoted: string) => string,
): Edit[] {
  const edits: Edit[] = [];
  const containers: string[] = [];
  let atKey = false;
  // The comma before the current member, -1 before an object's first.
  let comma = -1;
  let at = 0;
  while (at < json.length) {
    const char = json.charAt(at);
    if (char === '"') {
      const end = endOfString(json, at);
      const quoted = json.slice(at, end);
      if (atKey && isSecret(quoted)) {
        at = cutMember(edits, json, { start: at, keyEnd: end, comma }).end;
        continue;
      }
      const redacted = atKey ? quoted : redactString(quoted);
      if (redacted !== quoted) edits.push({ start: at, end, text: redacted });
      atKey = false;
      at = end;
      continue;
    }
    if (char === '{' || char === '[') containers.push(char);
    else if (char === '}' || char === ']') containers.pop();
    if (char === '{' || char === ',') {
      atKey = containers.at(-1) === '{';
      comma = char === ',' ? at : -1;
    }
    at++;
  }
  return edits;
}
