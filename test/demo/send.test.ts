import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { send } from '../../local/demo/send.ts';
import { type Delivery, simulate } from '../../local/demo/simulator/simulate.ts';
import { undoAfterwards } from '../support/clean-up.ts';

const day = { seed: 1, days: 0, endMs: Date.parse('2025-06-04T03:00:00Z'), conversationsPerDay: 60 };
const { deliveries } = simulate(day);

/** An edge that answers as it is told: a full outbox and a refusal cannot be had from the real one at will. */
async function startEdge(answer: (body: string) => { status: number; headers?: Record<string, string> }) {
  const taken: { body: string; receivedAt: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { status, headers = {} } = answer(body);
    if (status === 202) taken.push({ body, receivedAt: String(request.headers['x-received-at']) });
    response.writeHead(status, headers).end(JSON.stringify({ duplicate: false }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undoAfterwards(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { edge: { url: `http://127.0.0.1:${port}`, token: 'token', adminToken: 'admin' }, taken };
}

const bodiesOf = (key: string) => deliveries.filter((each) => each.key === key).map(({ body }) => body);

test('what the edge cannot take is sent again until it is, and each room keeps its order', async () => {
  let asked = 0;
  const { edge, taken } = await startEdge(() =>
    asked++ % 5 === 0 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 202 },
  );
  const tally = await send(edge, deliveries);
  expect(tally.pauses).toBeGreaterThan(deliveries.length / 10);
  expect(taken.map(({ body }) => body).sort()).toEqual(deliveries.map(({ body }) => body).sort());
  for (const key of new Set(deliveries.map((each) => each.key))) {
    const wanted = new Set(bodiesOf(key));
    expect(taken.map(({ body }) => body).filter((body) => wanted.has(body))).toEqual(bodiesOf(key));
  }
});

test('each webhook says when it was received', async () => {
  const { edge, taken } = await startEdge(() => ({ status: 202 }));
  await send(edge, deliveries.slice(0, 20), { lanes: 1 });
  const times = deliveries.slice(0, 20).map(({ receivedMs }) => new Date(receivedMs).toISOString());
  expect(taken.map(({ receivedAt }) => receivedAt).sort()).toEqual(times.sort());
});

test('what is refused for good is counted, and the rest is sent', async () => {
  const isRefused = ({ kind }: Delivery) => kind === 'session';
  const refused = new Set(deliveries.filter(isRefused).map(({ body }) => body));
  const { edge, taken } = await startEdge((body) => ({ status: refused.has(body) ? 413 : 202 }));
  const tally = await send(edge, deliveries);
  expect(tally.refused).toEqual(new Map([[413, deliveries.filter(isRefused).length]]));
  expect(taken.length).toBe(deliveries.filter((each) => !isRefused(each)).length);
});

test('a token that is not known ends it with what to do', async () => {
  const { edge } = await startEdge(() => ({ status: 401 }));
  await expect(send(edge, deliveries)).rejects.toThrow('Give others with --app and --token');
});
