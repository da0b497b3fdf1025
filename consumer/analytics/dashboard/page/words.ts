const CHANNELS: Readonly<Record<string, string>> = {
  wa: 'WhatsApp',
  qiscus: 'Qiscus Widget',
  fb: 'Facebook',
  ig: 'Instagram',
  line: 'LINE',
  telegram: 'Telegram',
  tiktok: 'TikTok',
  custom: 'Custom channel',
};

/** A channel's usual name; one that is new as the vendor spells it. */
export function channelName(channel: string): string {
  return channel === '' ? 'No channel' : (CHANNELS[channel] ?? channel);
}

const KINDS: Readonly<Record<string, string>> = {
  session: 'New session',
  resolution: 'Resolved',
  'agent-logout': 'Logout',
  message: 'Message',
  allocation: 'Allocation',
  'custom-button': 'Custom button',
  unrecognized: 'Unrecognized',
};

/** An event's kind, for people. */
export function kindName(kind: string): string {
  return KINDS[kind] ?? kind;
}

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const COLUMNS: Readonly<Record<string, string>> = {
  median_seconds_to_resolve: 'Median time to resolve',
  p90_seconds_to_resolve: '9 of 10 within',
  median_business_seconds_to_resolve: 'Median in business hours',
  business_seconds_to_resolve: 'In business hours',
  seconds_to_resolve: 'Time to resolve',
  age_seconds: 'Age',
  seconds_since: 'Ago',
  reopened_share: 'Reopened within 24 h',
  reopened_within_24h: 'Reopened within 24 h',
  is_reopened_within_24h: 'Reopened within 24 h',
  resolutions_24h_old: 'Resolutions 24 h old',
  is_24h_old: '24 h old',
  reopened_share_change_points: 'Change of the share',
  app_id: 'App',
  event_id: 'Event',
};

/** A column's heading. */
export function columnName(name: string): string {
  const words = name.replace(/^(is|has)_/, '').replaceAll('_', ' ');
  return COLUMNS[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1 session`, `2 sessions`. @param shown the number as it is written */
export function plural(value: number, noun: string, shown = String(value)): string {
  return `${shown} ${noun}${value === 1 ? '' : 's'}`;
}
