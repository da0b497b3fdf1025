import { type Type, type } from 'arktype';
import { type EventHead, isEvent, readHead } from './event.ts';
import type {
  AgentLogoutPayload,
  AllocationPayload,
  CustomButtonPayload,
  MessagePayload,
  ResolutionPayload,
  SessionPayload,
} from './generated/payloads.ts';
import { type HeaderValues, headerTexts } from './header-texts.ts';
import { type JsonObject, objectIn } from './json.ts';
import { problemsOf } from './webhook.ts';
import { type FactKind, type Kind, WEBHOOKS } from './webhooks.ts';

/** The payload of each kind, by its known fields; the vendor sends more, and they are kept. */
export interface Payloads {
  readonly 'agent-logout': AgentLogoutPayload;
  readonly session: SessionPayload;
  readonly resolution: ResolutionPayload;
  readonly message: MessagePayload;
  readonly allocation: AllocationPayload;
  readonly 'custom-button': CustomButtonPayload;
  /** Any other JSON object. */
  readonly unrecognized: JsonObject;
}

/** An event of one kind. */
export interface EventOf<K extends Kind> extends EventHead {
  readonly kind: K;
  readonly payload: Payloads[K];
}

/** An event of any kind: `kind` tells which, and what its payload has. */
export type QiscusEvent = { [K in Kind]: EventOf<K> }[Kind];

/** A message that carries no event of ours. */
export interface Undecodable {
  readonly kind: 'not-an-event';
  /** Why; names headers and fields, never their content. */
  readonly problem: string;
}

/** What of a Kafka message is read, as kafkajs and other clients give it. */
export interface StreamMessage {
  readonly value: Uint8Array | string | null;
  readonly headers?: HeaderValues | undefined;
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a Kafka message of the stream as a typed event. Nothing in it can make this throw: what is no event is told as
 * `not-an-event`, with the reason. Integers that a double cannot hold are the digits that were sent, as text.
 */
export function decode({ value, headers = {} }: StreamMessage): QiscusEvent | Undecodable {
  if (value === null) return undecodable('the message has no value');
  const texts = headerTexts(headers);
  const text = textOf(value);
  if (texts === undefined || text === undefined) return undecodable('its value or a header is not UTF-8');
  const head = readHead(texts);
  if (!isEvent(head)) return undecodable(head.problem);
  const payload = objectIn(text);
  if (payload === undefined) return undecodable('its value is not a JSON object');
  const problems = payloadProblems(head.kind, payload);
  if (problems.length > 0) return undecodable(`its payload does not fit: ${problems.join(', ')}`);
  // The shape of its kind has just been looked at.
  return { ...head, payload } as QiscusEvent;
}

/** Tells an event from a message that carries none. */
export function isQiscusEvent(result: QiscusEvent | Undecodable): result is QiscusEvent {
  return result.kind !== 'not-an-event';
}

/** Each field of a payload that its kind does not allow, by its name and what it must be; never its content. */
export function payloadProblems(kind: Kind, payload: JsonObject): readonly string[] {
  if (kind === 'unrecognized') return [];
  const result: unknown = payloadTypes[kind](payload);
  return result instanceof type.errors ? problemsOf(result) : [];
}

/** The ArkType validator of each kind's payload. */
export const payloadTypes = Object.fromEntries(
  WEBHOOKS.map(({ kind, shape }) => [kind, shape]),
) as unknown as {
  readonly [K in FactKind]: Type<Payloads[K]>;
};

function undecodable(problem: string): Undecodable {
  return { kind: 'not-an-event', problem };
}

function textOf(value: Uint8Array | string): string | undefined {
  if (typeof value === 'string') return value;
  try {
    return UTF_8.decode(value);
  } catch {
    return undefined;
  }
}
