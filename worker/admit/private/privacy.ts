import type { EventIds } from '../../../schemas/identify.ts';
import { type JsonObject, parseJson } from '../../../schemas/json.ts';
import { type Recognized, recognize } from '../../../schemas/recognize.ts';
import { byName, byPath, editPrivate, type Guide } from './edit-private.ts';
import { createPseudonymize, keyedId } from './pseudonym.ts';
import { type AppRules, treatmentsByName, treatmentsOf } from './rules.ts';

/** What is done with the personal data of an app whose rules say that something is. */
export interface AppPrivacy {
  /** The ids of an event, from which nothing of what it was can be guessed. */
  readonly ids: (ids: EventIds) => EventIds;
  /** The body as it may be stored, and what it is now: a rule may have taken what made it its kind. */
  readonly body: (json: string, recognized: Recognized) => { json: string; recognized: Recognized };
  /** Under which id a customer is stored by now; the same one where customers' ids are kept. */
  readonly storedId: (id: string) => string;
}

/** The settings that privacy goes by. */
export interface PrivacySettings {
  /** App → its rules. */
  readonly PRIVACY: Readonly<Record<string, AppRules>>;
  readonly PRIVACY_KEY?: string | undefined;
  readonly MAX_BODY_BYTES: number;
}

/** What is done for each app that has rules other than to keep everything; nothing for the others. */
export function createPrivacy(settings: PrivacySettings): ReadonlyMap<string, AppPrivacy> {
  const { PRIVACY, PRIVACY_KEY: key, MAX_BODY_BYTES: maxBytes } = settings;
  if (key === undefined) return new Map();
  const acting = Object.entries(PRIVACY).filter(([, rules]) => actsOn(rules));
  return new Map(acting.map(([app, rules]) => [app, appPrivacy({ app, rules, key, maxBytes })]));
}

/** Whether rules do anything. */
export function actsOn(rules: AppRules): boolean {
  return Object.values(rules).some((action) => action !== 'keep');
}

interface Given {
  readonly app: string;
  readonly rules: AppRules;
  readonly key: string;
  readonly maxBytes: number;
}

function appPrivacy({ app, rules, key, maxBytes }: Given): AppPrivacy {
  const pseudonymize = createPseudonymize(key, app);
  const trees = [...treatmentsOf(rules)].map(([kind, tree]) => [kind, byPath(tree)] as const);
  const guides = new Map<Recognized['kind'], Guide>(trees);
  const unknown = byName(treatmentsByName(rules));

  const edited = (json: string, guide: Guide): string => {
    const text = editPrivate(json, guide, { pseudonymize, instead: 'pseudonymize' });
    // Beyond, Kafka would not take it: rather the pseudonyms are missing than the event.
    if (Buffer.byteLength(text) <= maxBytes) return text;
    return editPrivate(json, guide, { pseudonymize, instead: 'drop' });
  };
  return {
    ids: ({ id, retryOf, digest }) => ({
      id: keyedId(key, id),
      retryOf: retryOf && { ...retryOf, ids: retryOf.ids.map((each) => keyedId(key, each)) },
      digest,
    }),
    body: (json, recognized) => {
      const text = edited(json, guides.get(recognized.kind) ?? unknown);
      if (text === json || recognized.kind === 'unrecognized') return { json: text, recognized };
      const now = recognize(parseJson(text) as JsonObject);
      if (now.kind === recognized.kind) return { json: text, recognized: now };
      const problems =
        now.kind === 'unrecognized' ? now.problems : [`by PRIVACY, it is no ${recognized.kind} any more`];
      return { json: text, recognized: { kind: 'unrecognized', problems } };
    },
    storedId: (id) => ((rules['customer-id'] ?? rules['*']) === 'pseudonymize' ? pseudonymize(id) : id),
  };
}
