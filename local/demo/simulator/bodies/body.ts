import type { JsonObject } from '../../../../schemas/json.ts';
import type { Fact } from '../facts.ts';
import type { Random } from '../random.ts';
import { agentLogoutBody } from './agent-logout.ts';
import { allocationBody } from './allocation.ts';
import { customButtonBody } from './custom-button.ts';
import { messageBody } from './message.ts';
import { resolutionBody } from './resolution.ts';
import { sessionBody } from './session.ts';
import { unrecognizedBody } from './unrecognized.ts';

/** The webhook that tells a fact, in one of the shapes in which the vendor sends it. */
export function bodyOf(fact: Fact, random: Random): JsonObject {
  switch (fact.kind) {
    case 'session':
      return sessionBody(fact, random);
    case 'resolution':
      return resolutionBody(fact, random);
    case 'message':
      return messageBody(fact, random);
    case 'allocation':
      return allocationBody(fact, random);
    case 'custom-button':
      return customButtonBody(fact, random);
    case 'agent-logout':
      return agentLogoutBody(fact, random);
    case 'unrecognized':
      return unrecognizedBody(fact, random);
  }
}
