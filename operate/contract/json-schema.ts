import type { Type } from 'arktype';
import { FACT_KINDS, type FactKind, type Kind, WEBHOOKS } from '../../schemas/webhooks.ts';
import { ABOUT } from './about.ts';

/** JSON Schema 2020-12, as far as payloads need it; each of its words means the same in draft 7, which AsyncAPI reads. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
/** Of ArkType's words, what a schema may hold beside the ones above. */
type FromArkType = JsonSchema & { readonly minimum?: number; readonly maximum?: number };

const POSTED: JsonSchema = { type: 'string', pattern: '^post_comment' };

/** What a shape says in code, and no type of ArkType can tell. */
const SAID_IN_CODE: Partial<Record<FactKind, JsonSchema>> = {
  // `messageType`: the type stands in the body or in its payload.
  message: {
    anyOf: [
      { properties: { type: POSTED }, required: ['type'] },
      { properties: { payload: { type: 'object', properties: { type: POSTED }, required: ['type'] } } },
    ],
  },
};

/**
 * The JSON Schema of a kind's payload on the wire, out of the shape that the edge recognizes it by: it never refuses
 * what the edge takes. In two things it takes more: an integer may have any number of digits, since the edge reads
 * long ones as text, and lengths count characters instead of UTF-16's units.
 * @param major the major version of the package, which is part of the schema's name
 */
export function payloadSchema(kind: Kind, major: number): JsonSchema {
  const { title, description } = ABOUT[kind];
  return {
    $schema: DRAFT,
    $id: `urn:qiscus-stream-events:${major}:${kind}`,
    title,
    description,
    ...shapeSchema(kind),
  };
}

function shapeSchema(kind: Kind): JsonSchema {
  const webhook = WEBHOOKS.find((each) => each.kind === kind);
  if (webhook === undefined) return { type: 'object' };
  const shape: Type = webhook.shape as unknown as Type;
  const said = SAID_IN_CODE[webhook.kind];
  const schema = shape.toJsonSchema({
    // What cannot be told, and is not told here either, stops the command.
    fallback: {
      predicate: ({ code, base }) => {
        if (said === undefined) throw new Error(`the shape of ${kind} has a ${code} without its JSON Schema`);
        return { ...base, ...said } as typeof base;
      },
    },
  });
  const { $schema: _, ...body } = onTheWire(schema as FromArkType);
  return { ...body, type: 'object' };
}

const SAFE = Number.MAX_SAFE_INTEGER;

/** What ArkType tells of a parsed value, of the JSON text that it is parsed from. */
function onTheWire({ minimum, maximum, ...schema }: FromArkType): JsonSchema {
  if ((minimum ?? -SAFE) !== -SAFE || (maximum ?? SAFE) !== SAFE) {
    throw new Error('a number has bounds of its own: say in operate/contract/json-schema.ts what they are');
  }
  const properties =
    schema.properties &&
    Object.fromEntries(Object.entries(schema.properties).map(([name, each]) => [name, onTheWire(each)]));
  const anyOf = schema.anyOf && merged(schema.anyOf.map(onTheWire));
  const { anyOf: _, ...rest } = schema;
  return {
    ...rest,
    ...(properties && { properties }),
    // To ArkType, an object of which nothing must be there may be a list as well.
    ...(schema.type === 'object' && schema.required === undefined && { type: ['object', 'array'] }),
    ...(anyOf?.length === 1 ? anyOf[0] : anyOf && { anyOf }),
  };
}

/** Alternatives of different types as one schema with a list of types, where its other words are about one of them. */
function merged(alternatives: readonly JsonSchema[]): readonly JsonSchema[] {
  const isMergeable = alternatives.every((each) => each.type !== undefined && each.anyOf === undefined);
  if (!isMergeable) return alternatives;
  const types = alternatives.flatMap(({ type = [] }) => type);
  return [{ ...Object.assign({}, ...alternatives), type: types }];
}

/** The kinds with a schema of their own, and the one without. */
export const SCHEMA_KINDS: readonly Kind[] = [...FACT_KINDS, 'unrecognized'];
