import type { IncomingMessage } from 'node:http';
import type { ExternalTable } from './external.ts';
import { serverFault } from './faults.ts';

/** What a multipart body carries: fields, which are parameters as in the URL, and tables. */
export type Form = { fields: Map<string, string>; external: ExternalTable[] };

/** Whether a request's body is a form of parts. */
export function isForm({ headers }: IncomingMessage): boolean {
  return /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
}

/**
 * Reads a multipart body: each part with a file name is a table, whose columns stand in `{name}_structure` or
 * `{name}_types`, and whose format in `{name}_format`.
 * @param parameter a parameter of the URL
 * @throws EngineFault when it is no multipart body, or a table has no columns
 */
export async function readForm(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  parameter: (name: string) => string | undefined,
): Promise<Form> {
  const parts = await new Response(body, { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => {
      throw serverFault(
        'incorrectData',
        'The request body is not the multipart form that its Content-Type says',
      );
    });
  const fields = new Map<string, string>();
  const external: ExternalTable[] = [];
  for (const [name, value] of parts) if (typeof value === 'string') fields.set(name, value);
  for (const [name, value] of parts) {
    if (typeof value === 'string') continue;
    const told = (what: string) => parameter(`${name}_${what}`) ?? fields.get(`${name}_${what}`);
    const structure = told('structure') ?? numbered(told('types'));
    if (structure === undefined) {
      throw serverFault(
        'badArguments',
        `The external table ${name} has neither ${name}_structure nor ${name}_types`,
      );
    }
    const data = new Uint8Array(await value.arrayBuffer());
    external.push({ name, structure, format: told('format') ?? 'TabSeparated', data });
  }
  return { fields, external };
}

/** As ClickHouse names the columns of a table of which only the types are told. */
function numbered(types: string | undefined): string | undefined {
  return types
    ?.split(/,(?![^(]*\))/)
    .map((type, index) => `_${index + 1} ${type}`)
    .join(', ');
}
