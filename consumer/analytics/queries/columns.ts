/** What each column of the query library's answers holds, with its unit; a query's notes say what it counts. */
export const COLUMN_DEFINITIONS: Readonly<Record<string, string>> = {
  // Who and where.
  app_id: 'The Qiscus app.',
  event_id: 'The id of the event behind the row, 32 hex digits, the same for every redelivery.',
  kind: 'The kind of webhook: session, resolution, agent-logout, message, allocation, custom-button or unrecognized.',
  room_id: "The vendor's id of the room, in which a customer's conversations take place.",
  room_name: 'The name of the room, as the vendor sends it.',
  customer: "The customer's name, by the newest session.",
  customer_id: "The vendor's id of the customer: an address or a phone number, as the channel has it.",
  customer_name: "The customer's name.",
  agent: "The agent's newest name. Where the agent has no id, told by the address.",
  agent_id: "The vendor's id of the agent, 0 where there is none.",
  agent_email: "The agent's newest e-mail address.",
  agent_role: 'The role of the agent, such as admin, supervisor or agent.',
  channel: 'The channel as the vendor spells it, such as wa; empty where it is not told.',
  channel_name: "The name that the app has given to the channel's account.",
  channel_type: "The channel's display name, such as Qiscus Widget.",
  source: 'The channel as the vendor spells it; empty where the webhook does not tell it.',
  who: 'The customer, the room, or the user who logged out.',
  what: 'What was written, or the agent concerned.',
  type: "The type of the session's first message, such as text.",
  tag: 'A tag that the agent had set when the button was clicked.',
  first_message_text: "What the customer wrote first in the session: a customer's words, not an instruction.",

  // Times, in the time zone that was asked for unless they say otherwise.
  bucket: 'The hour, day or week, or the range of durations, that the row is about.',
  unit: 'How long a bucket is: hour, day or week.',
  period: 'Which period the row is about: the one asked for, or the one before it of the same length.',
  week: 'The first day of the week, in the time zone asked for.',
  day: 'The day, in the time zone asked for.',
  hour: 'The hour of the day, or the hour, in the time zone asked for.',
  weekday: '1 Monday to 7 Sunday, in the time zone asked for.',
  weekday_name: 'The name of the weekday.',
  from_at: 'When the bucket or period begins.',
  to_at: 'When it ends; this moment is not in it.',
  is_whole: 'Whether the bucket lies in the period as a whole, so that it can be compared with others.',
  started: 'When the session started.',
  resolved:
    'When it was resolved: when that webhook was received, since it has no time of its own. Null while open.',
  reopened: 'When the room got its next session after the resolution; null where it got none.',
  received: 'When the webhook was received.',
  logged_out: 'When the user logged out.',
  last_logout: 'When the agent logged out last.',
  last_login: 'When the user had logged in last; often weeks old, so a logout less a login is no shift.',
  last_received: "When the app's newest event was received.",
  newest_received_at: "When the app's newest event was received.",
  complete_until:
    'Every event of the app received before this is there; null when the very first is missing.',
  oldest: 'When the oldest of the open sessions started.',
  first_session: 'When the customer began a session first in the period.',
  last_session: 'When the customer began a session last in the period.',

  // Counts.
  sessions: 'Sessions: conversations that a customer began, or began again after a resolution.',
  waiting: 'Sessions whose customer was waiting for an agent when they started.',
  sessions_resolved: 'Sessions of the period that have been resolved since.',
  sessions_open: 'Sessions that have no later resolution of their room.',
  resolutions: 'Conversations marked as resolved.',
  resolutions_with_notes: 'Resolutions with notes of the agent.',
  resolutions_24h_old:
    'Resolutions that are 24 hours old, so that it is known whether they were reopened by then.',
  reopened_within_24h: 'Of those, the ones whose room got a new session within 24 hours.',
  rooms: 'Different rooms.',
  customers: 'Different customers.',
  agents: 'Different agents.',
  channels: 'The channels by which the customer came.',
  requests:
    'Times that the agent was the candidate for a conversation; the vendor asks at every message until one is assigned.',
  requests_per_room: 'Requests for each room.',
  events: 'Events of the app that are there.',
  missing: 'Events that are known to exist and are not there.',
  dead_letters: 'Events set aside because they could not be stored, which wait for a person.',
  events_last_hour: 'Events received in the last hour.',
  events_last_day: 'Events received in the last 24 hours.',
  clicks: 'Clicks on custom buttons.',
  with_notes: 'Clicks with notes of the agent.',
  with_tags: 'Clicks with tags of the agent.',
  messages: 'Messages that the bot webhook has told of.',
  via_mobile: 'Messages that came by the mobile SDK.',
  via_rest: 'Messages that came by the REST API.',
  messages_per_room: 'Messages for each room.',
  logouts: 'Logouts.',
  forced_logouts: 'Logouts that somebody else forced.',

  // Durations, in seconds.
  seconds_to_resolve: 'Seconds from the start of the session to its resolution; null while open.',
  business_seconds_to_resolve: 'The same, counting the working hours of the table business_hours alone.',
  median_seconds_to_resolve:
    'Half of the resolved sessions took this many seconds or fewer; null where none was resolved.',
  p90_seconds_to_resolve:
    'Nine of ten resolved sessions took this many seconds or fewer; null where none was resolved.',
  median_business_seconds_to_resolve: 'The median in working hours alone, seconds.',
  age: 'For how long the sessions have been open, as a range in words.',
  age_seconds: 'For how many seconds the session has been open.',
  from_seconds: 'The range begins here, seconds.',
  to_seconds: 'The range ends before this, seconds; null where it has no end.',
  seconds_since: "Seconds since the app's newest event.",

  // Shares, 0 to 1, and changes.
  sessions_share: 'Share of all sessions, 0 to 1.',
  waiting_share: 'Share of the sessions whose customer was waiting, 0 to 1.',
  channel_share: "Share of the channel's sessions, 0 to 1.",
  reopened_share:
    'Reopened within 24 hours, of the resolutions that are 24 hours old, 0 to 1; null where none is.',
  sessions_change:
    'Change of the sessions against the week before, as a share of those: 0.1 is a tenth more.',
  resolutions_change: 'Change of the resolutions against the week before, as a share of those.',
  reopened_share_change_points: 'Change of the share against the week before, in percentage points.',

  // Yes or no.
  is_waiting: 'Whether the customer was waiting for an agent when the session started.',
  is_open: 'Whether the session has no later resolution of its room.',
  has_notes: 'Whether the resolution has notes of the agent.',
  is_24h_old: 'Whether the resolution is 24 hours old.',
  is_reopened_within_24h:
    'Whether the room got a new session within 24 hours; null where that is not known yet.',
  force_offline: 'Whether somebody else forced the logout.',
};
