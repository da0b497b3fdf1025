import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createApp } from '../../consumer/watch/app.ts';
import { serve } from '../../consumer/watch/server.ts';
import { undoAfterwards } from '../support/clean-up.ts';

const SECRET = 'Siti asks for her invoice';

/** An app with routes that fail, served; what it logs. */
async function failing() {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const app = createApp(log);
  app.get('/throws', () => {
    throw new TypeError(SECRET);
  });
  app.get('/rejects', () => Promise.reject(new RangeError(SECRET)));
  app.get('/throws-text', () => {
    throw SECRET;
  });
  app.get('/header', (c) => c.text('', 200, { location: '/?テ\n' }));
  app.get('/breaks-off', () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error(SECRET)) });
    return new Response(body);
  });
  const { server, url } = await serve(app, { host: '127.0.0.1', port: 0 }, log);
  undoAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, lines };
}

test.each(['/throws', '/rejects', '/throws-text', '/header'])(
  'a handler that fails (%s) answers 500 without the error’s text, and the log has it',
  async (path) => {
    const { url, lines } = await failing();
    const answer = await fetch(url + path);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain(SECRET);
    const logged = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 50);
    if (path === '/throws-text') expect(logged).toMatchObject({ err: SECRET });
    else
      expect(logged).toMatchObject({ path, err: { message: expect.any(String), stack: expect.any(String) } });
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  },
);

test('a body that breaks off is a failure too, and tells nobody why', async () => {
  const { url, lines } = await failing();
  const answer = await fetch(`${url}/breaks-off`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain(SECRET);
  expect(lines.join()).toContain(SECRET);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
});

test('answers are compressed for those who take it so, and for nobody else', async () => {
  const { url } = await failing();
  const encoding = async (accepted: string) => {
    const answer = await fetch(`${url}/nothing`, { headers: { 'accept-encoding': accepted } });
    return answer.headers.get('content-encoding');
  };
  expect(await encoding('gzip, br')).toBe('gzip');
  expect(await encoding('gzip;q=0')).toBeNull();
  expect(await encoding('br')).toBeNull();
});
