import { expect, test } from 'vitest';
import { traceContext, traceparentOf } from '../../schemas/trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test.each([
  [`00-${TRACE}-${SPAN}-01`, true],
  [`00-${TRACE}-${SPAN}-00`, false],
  // Other flags are not ours to know.
  [`00-${TRACE}-${SPAN}-ff`, true],
  [`00-${TRACE}-${SPAN}-fe`, false],
  // A later version is read as ours, whatever comes behind it.
  [`01-${TRACE}-${SPAN}-01`, true],
  [`fe-${TRACE}-${SPAN}-01-more`, true],
])('%s is a place in a trace', (header, isSampled) => {
  expect(traceContext(header)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
});

test.each([
  undefined,
  null,
  '',
  'x'.repeat(55),
  `00-${TRACE}`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}-1`,
  `01-${TRACE}-${SPAN}-01more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ` 00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01\n`,
  `00-${TRACE}-${SPAN}-01"} 1\nforged 1`,
  `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`,
])('%j is none', (header) => {
  expect(traceContext(header)).toBeUndefined();
});

test('what is sent on is what was read, in the version that we know', () => {
  const sentOn = (header: string) => traceparentOf(traceContext(header) ?? expect.fail());
  expect(sentOn(`00-${TRACE}-${SPAN}-01`)).toBe(`00-${TRACE}-${SPAN}-01`);
  expect(sentOn(`cc-${TRACE}-${SPAN}-02-more`)).toBe(`00-${TRACE}-${SPAN}-00`);
});
