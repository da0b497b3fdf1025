/** Control characters, and those that turn the direction of what is written beside them. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** A text of a customer's that may reach a terminal: in one line, and without what a terminal obeys. */
export function plain(text: string): string {
  return text.replace(UNSEEN, ' ');
}
