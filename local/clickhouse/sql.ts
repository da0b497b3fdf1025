/** A name in SQL, whatever its characters. */
export function identifier(name: string): string {
  return `\`${escaped(name).replaceAll('`', '\\`')}\``;
}

/** A text in SQL, whatever its characters. */
export function literal(value: string): string {
  return `'${escaped(value).replaceAll("'", "\\'")}'`;
}

/** A NUL byte would end the text on its way to the engine. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');
}
