import type { FactKind } from '../../schemas/webhooks.ts';
import { ABOUT } from './about.ts';
import type { JsonSchema } from './json-schema.ts';

/** The TypeScript interfaces of payloads, out of their JSON Schemas: readable where an editor shows them. */
export function payloadTypes(schemas: ReadonlyMap<FactKind, JsonSchema>): string {
  const types = [...schemas].map(([kind, schema]) => {
    const { title, description } = ABOUT[kind];
    return `/** ${title}: ${description} */\nexport interface ${nameOf(kind)} ${objectType(schema, '')}\n`;
  });
  return types.join('\n');
}

function nameOf(kind: FactKind): string {
  const words = kind.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join('')}Payload`;
}

function objectType({ properties = {}, required = [] }: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(
    ([name, schema]) => `${inner}${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema, inner)};\n`,
  );
  return `{\n${members.join('')}${indent}}`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

function typeOf(schema: JsonSchema, indent: string): string {
  if ('const' in schema) return `'${String(schema.const)}'`;
  if (schema.anyOf !== undefined) return schema.anyOf.map((each) => typeOf(each, indent)).join(' | ');
  if (schema.type === undefined) return 'unknown';
  const types = [schema.type].flat().map((type) => {
    if (type === 'object') return schema.properties === undefined ? 'object' : objectType(schema, indent);
    // A list is an object of which nothing is known.
    return type === 'array' ? undefined : NAMES[type];
  });
  return types.filter((type) => type !== undefined).join(' | ');
}
