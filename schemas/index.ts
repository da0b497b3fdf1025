/** The stream for other teams: what events are, how to read them, and where they stand. */
export {
  decode,
  type EventOf,
  isQiscusEvent,
  type Payloads,
  payloadProblems,
  payloadTypes,
  type QiscusEvent,
  type StreamMessage,
  type Undecodable,
} from './decode.ts';
export type { EventHead } from './event.ts';
export type {
  AgentLogoutPayload,
  AllocationPayload,
  CustomButtonPayload,
  MessagePayload,
  ResolutionPayload,
  SessionPayload,
} from './generated/payloads.ts';
export type { HeaderValues } from './header-texts.ts';
export { type JsonObject, objectOrJsonText } from './json.ts';
export { deadLetterTopic, eventTopics, topicOf } from './topics.ts';
export { flag, idText, instant, text } from './values.ts';
export { FACT_KINDS, type FactKind, KINDS, type Kind } from './webhooks.ts';
