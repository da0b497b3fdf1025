import { type Type, type } from 'arktype';
import type { JsonObject } from './json.ts';
import type { Fields } from './personal.ts';
import { instant, member } from './values.ts';

/** What one of the vendor's webhooks is, in one place: how to tell it, and what names, orders and dates it. */
export interface WebhookDefinition<Kind extends string, Body> {
  readonly kind: Kind;
  /** Whether a body means to be this webhook; `shape` then says whether it is one. */
  readonly claims: (body: JsonObject) => boolean;
  readonly shape: Type<Body>;
  /** Which of its fields are personal, and which are known not to be. */
  readonly fields: Fields;
  /** What makes a redelivery the same event; undefined where the vendor sends nothing that would. */
  readonly identity: (body: Body) => readonly string[] | undefined;
  /** The room or user whose events keep their order. */
  readonly partitionKey: (body: Body) => string;
  /** Spellings of when it happened, best first; none where the payload has no time. */
  readonly times: (body: Body) => readonly unknown[];
}

/** A webhook that can describe a body of its own. */
export interface Webhook<Kind extends string, Body> extends WebhookDefinition<Kind, Body> {
  readonly describe: (body: JsonObject) => Description | Misfit;
}

/** What names, orders and dates one body. */
export interface Description {
  readonly identity: readonly string[] | undefined;
  readonly subject: string;
  /** Milliseconds since 1970, best first. */
  readonly times: readonly number[];
}

/** Each field that does not fit, by its name and what it must be; never its content, which may be personal. */
export interface Misfit {
  readonly problems: readonly string[];
}

/** Makes a webhook of its definition. */
export function defineWebhook<const Kind extends string, Body>(
  definition: WebhookDefinition<Kind, Body>,
): Webhook<Kind, Body> {
  const { shape, identity, partitionKey, times } = definition;
  return {
    ...definition,
    describe: (json) => {
      const body = shape(json);
      if (body instanceof type.errors) return { problems: problemsOf(body) };
      const instants = times(body as Body)
        .map(instant)
        .filter((ms) => ms !== undefined);
      return { identity: identity(body as Body), subject: partitionKey(body as Body), times: instants };
    },
  };
}

/** What ArkType found, less the offending values, which may be secret or personal. */
export function problemsOf(errors: InstanceType<typeof type.errors>): string[] {
  return errors.map(({ path, expected }) => `${path.join('.') || 'the body'} must be ${expected}`);
}

/** The types that a body names: its own, and its payload's, where some of the vendor's senders put it. */
export function declaredTypes(body: { readonly type?: unknown; readonly payload?: unknown }): string[] {
  return [body.type, member(body.payload, 'type')].filter(
    (each) => typeof each === 'string' && each !== '',
  ) as string[];
}

/** How many of the names a body has, whatever their values. */
export function membersIn(body: JsonObject, names: readonly string[]): number {
  return names.filter((name) => Object.hasOwn(body, name)).length;
}
