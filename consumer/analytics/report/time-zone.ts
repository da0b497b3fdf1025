import { nearest } from './nearest.ts';

/** A text taken for a time zone: the zone by the name that IANA gives it, or what to write instead. */
export type ZoneReading =
  | { readonly isZone: true; readonly name: string }
  | { readonly isZone: false; readonly hint: string };

// Intl keeps the first name that a zone ever had; IANA, and so whoever looks a zone up, has these.
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

// Three letters name a zone only where IANA has them. Intl knows more (CST, IST, BST), each of which means several
// zones to people: taking one of them would answer by a clock that nobody asked for.
const THREE_LETTERS = /^(UTC|GMT|UCT|EST|MST|HST|CET|MET|EET|WET|PRC|ROC|ROK)$/i;
// In a URL, a plus that is not escaped arrives as a blank.
const OFFSET = /^(?:UTC|GMT)?([+\-− ])(\d{1,2})(?::?(\d{2}))?$/i;
const INDONESIA = ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'];
const SUPPORTED = Intl.supportedValuesOf('timeZone');
const KNOWN = new Set([...SUPPORTED, 'UTC']);
const MOST_SHOWN = 40;

/**
 * The time zone that a text names, whatever its case: `utc` is `UTC`, `asia/calcutta` is `Asia/Kolkata`. An offset such
 * as `+07:00`, the form of the vendor's `configs.timezone`, is none: it does not say when its clock changes, and
 * ClickHouse takes no offsets.
 */
export function readZone(text: string): ZoneReading {
  const name = canonical(text);
  return name === undefined ? { isZone: false, hint: hintFor(text) } : { isZone: true, name };
}

function canonical(text: string): string | undefined {
  if (/^[a-z]{3}$/i.test(text) && !THREE_LETTERS.test(text)) return undefined;
  const name = resolved(text);
  if (name === undefined || !(KNOWN.has(name) || name.startsWith('Etc/GMT'))) return undefined;
  return RENAMED[name] ?? name;
}

function resolved(timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function hintFor(text: string): string {
  const shown = JSON.stringify(text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);
  const offset = OFFSET.exec(text);
  const alike = offset === null ? nearestZones(text) : zonesAhead(offset);
  const named = offset === null ? 'names no one zone' : 'is an offset, not a time zone';
  return `${shown} ${named}.${alike.length === 0 ? '' : ` Did you mean ${alike.join(' or ')}?`}`;
}

function nearestZones(text: string): string[] {
  const names = new Map([...KNOWN].map((name) => [name.toLowerCase(), RENAMED[name] ?? name]));
  // Half of a shorter one can be mistyped, and then it is near to anything.
  if (text.length < 4 || text.length > MOST_SHOWN) return [];
  return nearest(text.toLowerCase(), [...names.keys()]).map((name) => names.get(name) ?? name);
}

/** Zones whose clock is so far ahead of UTC now, Indonesia's first. */
function zonesAhead([, sign = '+', hours = '0', minutes = '0']: readonly string[]): string[] {
  const wanted = `${sign === '+' || sign === ' ' ? '+' : '-'}${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}`;
  const isAhead = (timeZone: string) => {
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts();
    return parts.some(({ type, value }) => type === 'timeZoneName' && value === `GMT${wanted}`);
  };
  const lived = SUPPORTED.filter((name) => !name.startsWith('Antarctica/'));
  const zones = [...new Set([...INDONESIA, ...lived])].filter(isAhead);
  return zones.slice(0, 3).map((name) => RENAMED[name] ?? name);
}
