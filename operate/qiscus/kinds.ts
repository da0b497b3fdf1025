import { InvalidArgumentError } from '@commander-js/extra-typings';
import { WEBHOOKS } from './webhooks.ts';

/** The vendor's own names, for those who have its page before them. */
const ALIASES: Readonly<Record<string, string>> = {
  'new-session': 'session',
  'mark-as-resolved': 'resolution',
  'user-logout': 'agent-logout',
  auth: 'agent-logout',
  bot: 'message',
  'agent-allocation': 'allocation',
  'custom-agent-allocation': 'allocation',
};

export const KINDS = WEBHOOKS.map(({ kind }) => kind);

/** Adds a kind to those given before. @throws InvalidArgumentError */
export function addKind(value: string, before: readonly string[] | undefined): string[] {
  const name = value.toLowerCase().replaceAll('_', '-');
  const kind = ALIASES[name] ?? name;
  if (!KINDS.some((each) => each === kind)) throw new InvalidArgumentError(`Kinds are ${KINDS.join(', ')}.`);
  return [...(before ?? []), kind];
}
