import type { Channel, Customer, Message } from './cast.ts';
import type { Agent } from './staff.ts';

/** What happens in the simulated world and is told by a webhook. All times are milliseconds since 1970. */

/** A conversation's room: one customer on one channel. */
export interface Room {
  readonly app: string;
  readonly number: number;
  readonly channel: Channel;
  readonly customer: Customer;
  /** Whether its webhooks come in the vendor's newer shapes. */
  readonly isNewer: boolean;
}

/** One session of a room, from the customer's first message on. */
export interface Visit {
  readonly room: Room;
  /** 0 for the room's first. */
  readonly number: number;
  /** Whole seconds. */
  readonly startedMs: number;
  /** The room's last resolution before. */
  readonly latest: ResolutionFact | undefined;
}

interface Told {
  readonly app: string;
  /** When the webhook arrives for the first time. */
  readonly receivedMs: number;
}

export interface SessionFact extends Told {
  readonly kind: 'session';
  readonly room: Room;
  /** The customer's first message, whole seconds; when it was received, where the webhook has no message. */
  readonly startedMs: number;
  /** Can be minutes before the message. */
  readonly openedMs: number;
  readonly isWaiting: boolean;
  /** Undefined where the webhook has none. */
  readonly message: Message | undefined;
}

export interface ResolutionFact extends Told {
  readonly kind: 'resolution';
  readonly room: Room;
  /** Undefined where the vendor does not say. */
  readonly agent: Agent | undefined;
  readonly serviceId: number;
  readonly firstCommentId: number;
  readonly lastCommentId: number;
  readonly notes: string;
}

export interface MessageFact extends Told {
  readonly kind: 'message';
  readonly room: Room;
  readonly sentMs: number;
  readonly commentId: number;
  /** The customer wrote, or the bot through the API. */
  readonly via: 'mobile' | 'rest';
  readonly message: Message;
  readonly isWaiting: boolean;
}

export interface AllocationFact extends Told {
  readonly kind: 'allocation';
  readonly room: Room;
  readonly candidate: Agent | undefined;
  /** The room's last resolution before. */
  readonly latest: ResolutionFact | undefined;
  readonly isNewSession: boolean;
}

export interface ButtonFact extends Told {
  readonly kind: 'custom-button';
  readonly room: Room;
  readonly agent: Agent;
  readonly tags: readonly string[];
  readonly notes: string;
}

export interface LogoutFact extends Told {
  readonly kind: 'agent-logout';
  readonly agent: Agent;
  /** Whole seconds. */
  readonly atMs: number;
  readonly lastLoginMs: number;
  readonly isForced: boolean;
}

/** A webhook in a shape that nobody announced. */
export interface UnrecognizedFact extends Told {
  readonly kind: 'unrecognized';
  readonly number: number;
}

export type RoomFact = SessionFact | ResolutionFact | MessageFact | AllocationFact | ButtonFact;
export type Fact = RoomFact | LogoutFact | UnrecognizedFact;
