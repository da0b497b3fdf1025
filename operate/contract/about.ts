import type { Kind } from '../../schemas/webhooks.ts';

/** What each kind is, for those who read the contract. */
export const ABOUT: Readonly<Record<Kind, { readonly title: string; readonly description: string }>> = {
  'agent-logout': {
    title: 'User Logout',
    description: 'An admin, supervisor or agent left the dashboard.',
  },
  session: {
    title: 'New Session',
    description: "A customer's first message, or the first after the room was resolved.",
  },
  resolution: {
    title: 'Mark As Resolved',
    description:
      'Someone closed the conversation. The payload has no time: the time of the event is its receipt.',
  },
  message: {
    title: 'Bot',
    description: 'A customer wrote, or a message was posted through the API.',
  },
  allocation: {
    title: 'Custom Agent Allocation',
    description: 'A customer wrote and no agent is assigned yet; sent again on every such message.',
  },
  'custom-button': {
    title: 'Custom Button',
    description: 'An admin, supervisor or agent pressed a button in a room.',
  },
  unrecognized: {
    title: 'Unrecognized',
    description: 'Any other JSON object that the vendor sent: kept, since it may never be sent again.',
  },
};
