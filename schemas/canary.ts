/**
 * The canary's app. No other can have the name, which begins with a letter or a digit: what is sent under it is no
 * webhook, goes to a topic and a table of its own, and is in no answer and no books.
 */
export const CANARY_APP = '_canary';

/** Whether an event is a canary. */
export function isCanary({ app }: { readonly app: string }): boolean {
  return app === CANARY_APP;
}
