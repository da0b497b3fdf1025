import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'queries');
/** What several queries begin with, by its file's name in the folder `parts`. */
const PART = /\{\{(\w+)\}\}/g;
const NEEDS = /\bNeeds ([\w ]+)\.$/;
const PARAMETER = /\{(\w+):\s*([^{}]+)\}/g;

/** A ClickHouse query parameter, such as `{app:String}`. */
export interface Parameter {
  readonly name: string;
  /** Its ClickHouse type. */
  readonly type: string;
}

/** One file of the query library. */
export interface Query {
  /** The file's name without `.sql`: what a user calls it by. */
  readonly name: string;
  /** The question it answers: the file's first comment line. */
  readonly question: string;
  /** What its numbers mean and what they cannot tell: the comment lines after the first, in one line. */
  readonly notes: string;
  /** Without the comments. */
  readonly sql: string;
  /** In the order in which they first appear. */
  readonly parameters: readonly Parameter[];
  /** The parameters without which it has no answer: its notes end in `Needs app and room.` */
  readonly needs: readonly string[];
}

/** Every query by its name, in the order of the names. */
export type QueryLibrary = ReadonlyMap<string, Query>;

/**
 * Reads the query library; once, at the start.
 * @param folder holds one query in each `.sql` file
 * @throws Error when a file does not begin with its question
 */
export function loadQueries(folder: string = FOLDER): QueryLibrary {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const names = files.map((file) => basename(file, '.sql')).sort();
  const queries = names.map((name) => readQuery(join(folder, `${name}.sql`)));
  return new Map(queries.map((query) => [query.name, query]));
}

function readQuery(path: string): Query {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const firstOfSql = lines.findIndex((line) => !line.startsWith('--'));
  const comments = lines.slice(0, firstOfSql).map((line) => line.slice(2).trim());
  const [question, ...notes] = comments;
  if (question === undefined) throw new Error(`${path} does not begin with a comment that says its question`);
  const sql = lines
    .slice(firstOfSql)
    .join('\n')
    .replaceAll(PART, (_, name) => partOf(path, name));
  return {
    name: basename(path, '.sql'),
    question,
    notes: notes.join(' '),
    sql,
    parameters: parametersOf(sql),
    needs: NEEDS.exec(notes.join(' '))?.[1]?.split(' and ') ?? [],
  };
}

/** A part's SQL, without the comment that it begins with. */
function partOf(path: string, name: string): string {
  const lines = readFileSync(join(dirname(path), 'parts', `${name}.sql`), 'utf8')
    .trim()
    .split('\n');
  return lines.slice(lines.findIndex((line) => !line.startsWith('--'))).join('\n');
}

function parametersOf(sql: string): Parameter[] {
  const types = new Map<string, string>();
  for (const [, name = '', type = ''] of sql.matchAll(PARAMETER)) types.set(name, type.trim());
  return [...types].map(([name, type]) => ({ name, type }));
}
