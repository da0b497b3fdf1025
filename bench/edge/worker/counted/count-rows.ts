/**
 * Counts from now on what the platform bills as a row written: rows of tables and indexes, and each alarm that is set.
 * @returns how many there were
 */
export function countRows(storage: DurableObjectStorage): () => number {
  const { sql } = storage;
  const [exec, setAlarm] = [sql.exec.bind(sql), storage.setAlarm.bind(storage)];
  let rows = 0;
  // A cursor knows its count only once it was read to its end, and each is before the next statement.
  let last: { readonly rowsWritten: number } | undefined;
  const countLast = () => {
    rows += last?.rowsWritten ?? 0;
    last = undefined;
  };
  sql.exec = (query, ...bindings) => {
    countLast();
    const cursor = exec(query, ...bindings);
    last = cursor;
    return cursor as never;
  };
  storage.setAlarm = (...args) => {
    rows++;
    return setAlarm(...args);
  };
  return () => {
    countLast();
    return rows;
  };
}
