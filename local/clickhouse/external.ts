import { identifier } from './sql.ts';

/** A table that comes along with a query, in a multipart body. */
export type ExternalTable = {
  name: string;
  /** ClickHouse's columns with their types, as the client wrote them. */
  structure: string;
  format: string;
  data: Uint8Array;
};

export function createExternal({ name, structure }: ExternalTable): string {
  return `CREATE TEMPORARY TABLE ${identifier(name)} (${structure}) ENGINE = Memory`;
}
