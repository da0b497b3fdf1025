import type { ConfigKeys } from './webhooks.ts';

/** What the vendor holds of one webhook; undefined where its answer does not tell. */
export interface Registration {
  /** Undefined where nothing is told; '' where it is told that there is none. */
  readonly url: string | undefined;
  readonly isEnabled: boolean | undefined;
}

/** The app's settings as the vendor's API has them: a flat object whose keys and values come in many forms. */
export type Configs = Readonly<Record<string, unknown>>;

/**
 * Reads one webhook's registration. An entry that is switched on by itself doubles its name, as in
 * `is_is_new_session_webhook_enabled_enabled`: it speaks only where the plain key does not.
 */
export function registrationIn(configs: Configs, { url, enabled }: ConfigKeys): Registration {
  return {
    url: textOf(configs[url]),
    isEnabled: flagOf(configs[enabled]) ?? flagOf(configs[`is_${enabled}_enabled`]),
  };
}

/** `configs.timezone`: an offset such as `+07:00`. @returns minutes east of UTC */
export function offsetMinutesIn(configs: Configs): number | undefined {
  const parts = /^([+-])(\d{1,2}):?(\d{2})$/.exec(textOf(configs.timezone) ?? '');
  if (parts === null) return undefined;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return parts[1] === '-' ? -minutes : minutes;
}

/** The vendor writes a flag as a boolean, as text, as a number, or as null for "never set". */
function flagOf(value: unknown): boolean | undefined {
  const text = String(value ?? '')
    .trim()
    .toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}
