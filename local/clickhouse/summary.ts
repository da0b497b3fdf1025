/** What ClickHouse reports as a query's summary, as far as the engine tells. */
export type Summary = {
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  elapsedNs: number;
};

type Told = Partial<Record<'rowsRead' | 'bytesRead' | 'rowsWritten' | 'bytesWritten' | 'elapsed', number>>;

/** @param told by the addon's calls, of which each tells some */
export function summary(told: Told): Summary {
  const { rowsRead = 0, bytesRead = 0, rowsWritten = 0, bytesWritten = 0, elapsed = 0 } = told;
  return {
    readRows: rowsRead,
    readBytes: bytesRead,
    writtenRows: rowsWritten,
    writtenBytes: bytesWritten,
    elapsedNs: Math.round(elapsed * 1e9),
  };
}

/** The header X-ClickHouse-Summary: all values are text, as 64-bit numbers are in ClickHouse's JSON. */
export function summaryFields(summary: Summary, resultBytes: number) {
  return {
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(summary.writtenRows),
    result_bytes: String(resultBytes),
    elapsed_ns: String(summary.elapsedNs),
  };
}
