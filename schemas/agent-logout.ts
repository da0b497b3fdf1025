import { type } from 'arktype';
import { flag, requiredId, text, time } from './fields.ts';
import type { Fields } from './personal.ts';
import { text as asText, idText, isDistinctiveTime, member } from './values.ts';
import { declaredTypes, defineWebhook } from './webhook.ts';

/** User Logout: an admin, supervisor or agent left the dashboard. `logout` is the only action ever seen. */
const shape = type({
  'type?': "'auth'",
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

/** An agent is no customer: who erases one finds nothing here. */
const FIELDS: Fields = {
  type: 'plain',
  'payload.action': 'plain',
  'payload.timestamp': 'plain',
  'payload.user.id': 'agent-id',
  'payload.user.email': 'agent-email',
  'payload.user.name': 'agent-name',
  'payload.user.avatar_url': 'avatar',
  'payload.user.type': 'plain',
  'payload.user.type_as_string': 'plain',
  'payload.user.is_available': 'plain',
  'payload.user.is_verified': 'plain',
  'payload.user.force_offline': 'plain',
  'payload.user.last_login': 'plain',
  'payload.user.created_at': 'plain',
  'payload.user.updated_at': 'plain',
};

export const agentLogout = defineWebhook({
  kind: 'agent-logout',
  claims: (body) => {
    const types = declaredTypes(body);
    if (types.length > 0) return types.includes('auth');
    return member(body.payload, 'action') === 'logout' && member(body.payload, 'user') !== undefined;
  },
  shape,
  fields: FIELDS,
  identity: ({ payload: { action, timestamp, user } }) => {
    const userId = idText(user.id);
    // Without its time, every logout of a user would be the same event for ever; without the user, all of a second.
    if (userId === '' || !isDistinctiveTime(timestamp)) return undefined;
    return [userId, asText(timestamp), action];
  },
  partitionKey: ({ payload }) => asText(payload.user.id),
  times: ({ payload }) => [payload.timestamp],
});
