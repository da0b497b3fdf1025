import type { AsyncApi, Message } from './asyncapi.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * What in a contract breaks those who read the one before, a line each; empty where nothing does. A new topic, a new
 * header and a new field that may be missing break nobody. A type that takes more breaks code that has not met it; one
 * that takes less, or a field that must be there now, takes events away: what does not fit is `unrecognized`.
 */
export function breaksOf(before: AsyncApi, after: AsyncApi): string[] {
  return Object.entries(before.channels).flatMap(([kind, channel]) => {
    const now = after.channels[kind];
    if (now === undefined) return [`${kind}: the topic ${channel.address} is gone`];
    const moved =
      now.address === channel.address ? [] : [`${kind}: the topic ${channel.address} is ${now.address} now`];
    return [
      ...moved,
      ...messageBreaks(kind, before.components.messages[kind], after.components.messages[kind]),
    ];
  });
}

function messageBreaks(kind: string, before: Message | undefined, after: Message | undefined): string[] {
  if (before === undefined) return [];
  if (after === undefined) return [`${kind}: its message is gone`];
  const key = before.bindings.kafka.key;
  const keyNow = after.bindings.kafka.key;
  const isSameKey = key.pattern === keyNow.pattern && key.description === keyNow.description;
  return [
    ...(isSameKey ? [] : [`${kind}: the key ${key.description} is ${keyNow.description} now`]),
    ...(before.contentType === after.contentType ? [] : [`${kind}: the content type is another one`]),
    ...schemaBreaks(`${kind}: headers`, before.headers, after.headers),
    ...schemaBreaks(`${kind}: payload`, before.payload, after.payload),
  ];
}

/** Words of a schema that hold a value to something; a change of one is a break either way. */
const LIMITS = ['const', 'enum', 'pattern', 'minLength', 'maxLength'] as const;

function schemaBreaks(where: string, before: JsonSchema, after: JsonSchema): string[] {
  return [
    ...typeBreaks(where, before.type, after.type),
    ...LIMITS.filter((word) => JSON.stringify(before[word]) !== JSON.stringify(after[word])).map(
      (word) => `${where} has another ${word}`,
    ),
    // Alternatives hold what a shape says in code: they are not looked into.
    ...(JSON.stringify(before.anyOf) === JSON.stringify(after.anyOf)
      ? []
      : [`${where} has other alternatives`]),
    ...memberBreaks(where, before, after),
  ];
}

function typeBreaks(where: string, before: JsonSchema['type'], after: JsonSchema['type']): string[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined)
    return [`${where} cannot be anything but ${[after].flat().join(' or ')} any more`];
  if (after === undefined) return [`${where} can be anything now`];
  const types = new Set([before].flat());
  const typesNow = new Set([after].flat());
  const lost = [...types.difference(typesNow)];
  const added = [...typesNow.difference(types)];
  return [
    ...(lost.length > 0 ? [`${where} cannot be ${lost.join(' or ')} any more`] : []),
    ...(added.length > 0 ? [`${where} can be ${added.join(' or ')} now`] : []),
  ];
}

function memberBreaks(where: string, before: JsonSchema, after: JsonSchema): string[] {
  const required = new Set(before.required);
  const requiredNow = new Set(after.required);
  const fields = Object.entries(before.properties ?? {}).flatMap(([name, schema]) => {
    const now = after.properties?.[name];
    return now === undefined ? [`${where}.${name} is gone`] : schemaBreaks(`${where}.${name}`, schema, now);
  });
  return [
    ...fields,
    ...[...required.difference(requiredNow)].map((name) => `${where}.${name} may be missing now`),
    ...[...requiredNow.difference(required)].map((name) => `${where}.${name} must be there now`),
  ];
}
