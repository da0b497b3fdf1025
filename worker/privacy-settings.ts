import { type } from 'arktype';
import { PERSONAL_CLASSES } from '../schemas/personal.ts';
import { actsOn } from './admit/private/privacy.ts';
import { ACTIONS, type AppRules, PATH_START } from './admit/private/rules.ts';

/** App → its rules. */
type Privacy = Readonly<Record<string, AppRules>>;

const CLASSES: ReadonlySet<string> = new Set(['*', ...PERSONAL_CLASSES]);
/** A name without the signs that a path has. */
const PATH = /^\$\.[^.[\]*]+(\[\*\])*(\.[^.[\]*]+(\[\*\])*)*$/;
const MEANS =
  `JSON such as {"app":{"customer-name":"drop","$.payload.from.email":"pseudonymize"}}: for apps of WEBHOOK_TOKENS, by ` +
  `class (${PERSONAL_CLASSES.join(', ')}, or * for all others) or by path, one of ${ACTIONS.join(', ')}`;

/** Guessed, it tells whose a pseudonym is: so long, and of so many different characters. */
const KEY = /^[!-~]{32,1000}$/;
const DISTINCT_CHARACTERS = 10;
const KEY_MEANS =
  `a secret of 32 characters or more, ${DISTINCT_CHARACTERS} different ones among them, none a blank or outside of ` +
  `ASCII, since PRIVACY drops or pseudonymizes ("openssl rand -base64 32" makes one)`;

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isPrivacy(value: unknown): value is Privacy {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(isRules);
}

function isRules(value: unknown): value is AppRules {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([what, action]) =>
      (what.startsWith(PATH_START) ? PATH.test(what) : CLASSES.has(what)) && ACTIONS.includes(action),
  );
}

/** What is done with the personal data of each app. */
export const privacy = type('string')
  .pipe(parsed)
  .narrow((value, context): value is Privacy => isPrivacy(value) || context.mustBe(MEANS));

/** What is wrong with the key, for what PRIVACY asks; undefined where nothing is. */
export function keyTrouble(rules: Privacy, key: string | undefined): string | undefined {
  if (!Object.values(rules).some(actsOn)) return undefined;
  const isStrong = key !== undefined && KEY.test(key) && new Set(key).size >= DISTINCT_CHARACTERS;
  return isStrong ? undefined : KEY_MEANS;
}
