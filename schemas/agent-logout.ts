import { type } from 'arktype';
import { flag, requiredId, text, time } from './fields.ts';
import { text as asText } from './values.ts';
import { defineWebhook } from './webhook.ts';

/** User Logout: an admin, supervisor or agent left the dashboard. `logout` is the only action ever seen. */
const shape = type({
  type: "'auth'",
  payload: {
    action: "'logout'",
    'timestamp?': time,
    user: {
      id: requiredId,
      'email?': text,
      'name?': text,
      'type?': text,
      'type_as_string?': text,
      'is_available?': flag,
      'is_verified?': flag,
      'force_offline?': flag,
      'last_login?': time,
      'created_at?': time,
      'updated_at?': time,
    },
  },
});

export type AgentLogoutBody = typeof shape.infer;

export const agentLogout = defineWebhook({
  kind: 'agent-logout',
  vendorName: 'User Logout',
  claims: (body) => body.type === 'auth',
  shape,
  identity: ({ payload }) => {
    const timestamp = asText(payload.timestamp);
    // Without its time, every logout of a user would be the same event for ever.
    return timestamp === '' ? undefined : [asText(payload.user.id), timestamp, payload.action];
  },
  partitionKey: ({ payload }) => asText(payload.user.id),
  times: ({ payload }) => [payload.timestamp],
});
