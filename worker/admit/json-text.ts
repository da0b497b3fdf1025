/**
 * Positions in valid JSON text. Nothing here recurses: text nested as deep as the body's cap allows is walked in a
 * loop, where a recursive reader would run out of stack.
 */

/** The position after the string that starts at `start`. */
export function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end + 1;
}

/** The position after the value that starts at `start`. */
export function endOfValue(json: string, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at++) {
    const char = json.charAt(at);
    if (char === '"') at = endOfString(json, at) - 1;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    // A number or a literal ends before what follows it; all else ends with its own last character.
    if (depth < 0 || (depth === 0 && ',:'.includes(char))) return at;
    if (depth === 0 && '"}]'.includes(char)) return at + 1;
  }
  return json.length;
}

/** The first position from `start` on that is not white space. */
export function skipSpace(json: string, start: number): number {
  let at = start;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at++;
  return at;
}

function isEscaped(json: string, quote: number): boolean {
  let backslashes = 0;
  while (json[quote - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
