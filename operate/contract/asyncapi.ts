import { eventHeaders, type StreamEvent, TYPE_PREFIX, toMessage } from '../../schemas/event.ts';
import { topicOf } from '../../schemas/topics.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { ABOUT } from './about.ts';
import type { JsonSchema } from './json-schema.ts';

/** An AsyncAPI 3 document, as far as this one needs it. */
export interface AsyncApi {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string } & Readonly<Record<string, unknown>>;
  readonly defaultContentType: string;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, unknown>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

/** A topic. */
export interface Channel {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, Reference>>;
  readonly bindings: { readonly kafka: KafkaBinding & { readonly topic: string } };
}

/** What a topic carries. */
export interface Message {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType: string;
  readonly headers: JsonSchema;
  readonly payload: JsonSchema;
  readonly bindings: { readonly kafka: KafkaBinding & { readonly key: JsonSchema } };
  readonly examples: readonly unknown[];
}

interface Reference {
  readonly $ref: string;
}

interface KafkaBinding {
  readonly bindingVersion: '0.5.0';
}

const TOPIC_PREFIX = 'qiscus.';
const KAFKA: KafkaBinding = { bindingVersion: '0.5.0' };
const DESCRIPTION =
  'Webhooks of Qiscus Omnichannel Chat as CloudEvents 1.0 (Kafka protocol binding, binary mode). An event may come ' +
  'more than once, with the same ce_id. ce_sequence numbers all events of a ce_outbox, whatever their kind, without ' +
  'gaps. Events with the same key keep their order. Topics may have another prefix than "qiscus.".';

/** What the headers mean, for readers. */
const HEADERS: Readonly<Record<string, string>> = {
  ce_specversion: 'The version of CloudEvents.',
  ce_id: 'The same for every redelivery of an event.',
  ce_type: 'The kind.',
  ce_source: '/qiscus/ and the app.',
  ce_subject: "The room or user whose events keep their order; an unrecognized event's own id.",
  ce_time: 'When it happened, RFC 3339.',
  ce_receivedtime: 'When the edge received it, RFC 3339.',
  ce_outbox: 'The outbox that accepted it: the app and a number.',
  ce_sequence: 'Its place among all that this outbox accepted: 1, 2, 3, …, in 20 digits.',
  ce_chain: 'SHA-256, hex, over the ce_chain before it in its outbox, its id and its payload.',
  'content-type': 'Of the value.',
  traceparent: 'W3C trace context, where the webhook came with one.',
};

/** The contract as an AsyncAPI document: topics, keys, headers, payloads, and an example of each. */
export function asyncApi(
  version: string,
  schemas: ReadonlyMap<Kind, JsonSchema>,
  samples: ReadonlyMap<string, StreamEvent>,
): AsyncApi {
  const kinds = [...schemas.keys()];
  const ofKinds = <Value>(make: (kind: Kind) => Value) =>
    Object.fromEntries(kinds.map((kind) => [kind, make(kind)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'qiscus-stream-events',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: ofKinds(channelOf),
    operations: Object.fromEntries(
      kinds.map((kind) => [
        `receive-${kind}`,
        {
          action: 'receive',
          channel: { $ref: `#/channels/${kind}` },
          messages: [{ $ref: `#/channels/${kind}/messages/${kind}` }],
        },
      ]),
    ),
    components: { messages: ofKinds((kind) => messageOf(kind, schemas.get(kind) ?? {}, samples)) },
  };
}

function channelOf(kind: Kind): Channel {
  const topic = topicOf(TOPIC_PREFIX, kind);
  return {
    address: topic,
    ...ABOUT[kind],
    messages: { [kind]: { $ref: `#/components/messages/${kind}` } },
    bindings: { kafka: { topic, ...KAFKA } },
  };
}

function messageOf(kind: Kind, schema: JsonSchema, samples: ReadonlyMap<string, StreamEvent>): Message {
  // AsyncAPI's own schemas have no name for the draft, and one document no use for a second name.
  const { $schema: _, $id: _id, title = kind, description = '', ...payload } = schema;
  const keyOf = kind === 'unrecognized' ? 'event id' : kind === 'agent-logout' ? 'user id' : 'room id';
  return {
    name: `${TYPE_PREFIX}${kind}`,
    title,
    summary: description,
    contentType: 'application/json',
    headers: headersOf(kind),
    payload,
    bindings: {
      kafka: { key: { type: 'string', pattern: '^[^:]+:.+$', description: `{app}:{${keyOf}}` }, ...KAFKA },
    },
    examples: [...samples]
      .filter(([, event]) => event.kind === kind)
      .map(([name, event]) => exampleOf(name, event)),
  };
}

function exampleOf(name: string, event: StreamEvent) {
  const { headers, value } = toMessage(event);
  return { name, headers, payload: JSON.parse(value) };
}

/** Out of what the consumer holds against each message's headers. */
function headersOf(kind: Kind): JsonSchema {
  const { properties = {}, required = [] } = eventHeaders
    // What may be undefined need not be there: that is said beside the type.
    .toJsonSchema({ fallback: { unit: ({ base }) => base } }) as JsonSchema;
  const untold = Object.keys(properties).filter((name) => !(name in HEADERS));
  if (untold.length > 0)
    throw new Error(`say in operate/contract/asyncapi.ts what ${untold.join(', ')} means`);
  const described = Object.entries(HEADERS).map(([name, description]): [string, JsonSchema] => {
    if (name === 'ce_type') return [name, { type: 'string', const: `${TYPE_PREFIX}${kind}`, description }];
    if (name === 'content-type') return [name, { type: 'string', const: 'application/json', description }];
    return [name, { type: 'string', ...defined(properties[name]), description }];
  });
  return {
    type: 'object',
    properties: Object.fromEntries(described),
    required: [...required, 'content-type'],
  };
}

/** A type less the alternative `undefined`, of which JSON Schema knows nothing. */
function defined(schema: JsonSchema = {}): JsonSchema {
  const { anyOf, ...rest } = schema;
  return anyOf === undefined ? schema : { ...rest, ...anyOf.find(({ type }) => type !== undefined) };
}
