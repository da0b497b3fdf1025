/** Tests of the parts that are mutated: none needs a server. */
export const OF_MUTATED_PARTS = [
  'test/schemas/*.test.ts',
  'test/worker/{admission,admit,backoff,field,json-text,keeper,layouts,marks,outbox-list,outbox-status}.test.ts',
  'test/worker/{publisher,recognize,redact,room,settings,store,tally}.test.ts',
  'test/consumer/{accumulator,audit-rules,breaker,dead-letter,difference,event-headers,faults,flight}.test.ts',
  'test/consumer/{held-partitions,insert-table,judge,normalize,settings,settle,small-parts}.test.ts',
  'test/dashboard/page/*.test.ts',
  'test/properties/{admission,identity}.test.ts',
];

/**
 * The tests that need no server and leave nothing behind in what they import: these run one after another in the same
 * processes, since starting one and importing the schemas takes longer than most of them.
 */
export const UNITS = [
  ...OF_MUTATED_PARTS,
  'test/{analytics/csv,contract/documents,contract/json-schema,demo/simulator,faults/verdict}.test.ts',
  'test/consumer/{log,offsets}.test.ts',
  'test/{local/parts,local/sessions,operate/alerts,operate/compose,subscribe/gaps,subscribe/parts}.test.ts',
  'test/properties/{privacy,record-message,records,rows}.test.ts',
  'test/worker/{alarm,canary,chain,group-commit,outbox-erase,path,privacy,retries}.test.ts',
];
