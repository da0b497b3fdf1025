import { FACT_KINDS, type FactKind, type Kind } from '../../schemas/webhooks.ts';
import { type AsyncApi, asyncApi } from './asyncapi.ts';
import { type JsonSchema, payloadSchema, SCHEMA_KINDS } from './json-schema.ts';
import { sampleEvents, samplesFile } from './samples.ts';
import { payloadTypes } from './typescript.ts';

/** Everything that is made of the schemas. */
export interface Artefacts {
  readonly document: AsyncApi;
  /** What each file holds, by its path in `schemas/generated`. */
  readonly files: ReadonlyMap<string, string>;
}

/** Makes all artefacts. @param version of the package, such as `1.2.0` */
export async function makeArtefacts(version: string): Promise<Artefacts> {
  const major = majorOf(version);
  const schemas = new Map<Kind, JsonSchema>(SCHEMA_KINDS.map((kind) => [kind, payloadSchema(kind, major)]));
  const facts = new Map<FactKind, JsonSchema>(FACT_KINDS.map((kind) => [kind, schemas.get(kind) ?? {}]));
  const samples = await sampleEvents();
  const document = asyncApi(version, schemas, samples);
  const files = new Map([
    ...[...schemas].map(([kind, schema]) => [`json-schema/${kind}.json`, inJson(schema)] as const),
    ['asyncapi.json', inJson(document)],
    ['payloads.ts', payloadTypes(facts)],
    ['samples.ts', samplesFile(samples)],
  ]);
  return { document, files };
}

/** The first number of a version. */
export function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}

function inJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
