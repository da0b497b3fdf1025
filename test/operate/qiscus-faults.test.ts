import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { QiscusApi } from '../../operate/qiscus/api.ts';
import { eventually } from '../support/eventually.ts';
import { testDir } from '../support/shared.ts';
import { runQiscus } from './run-qiscus.ts';
import {
  ADMIN_TOKEN,
  APP_ID,
  type OddAnswer,
  PASSWORD,
  SECRET_KEY,
  startVendor,
  type Vendor,
} from './vendor.ts';

/** Whatever is asked, the vendor answers so. */
async function vendorThatAnswers(answer: OddAnswer): Promise<Vendor> {
  const vendor = await startVendor();
  vendor.answer = () => answer;
  return vendor;
}

function apiOf(vendor: Vendor): QiscusApi {
  const account = { appId: APP_ID, secretKey: SECRET_KEY, admin: undefined };
  return new QiscusApi({ baseUrl: vendor.url, timeoutMs: 300 }, account);
}

const HTML = { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>Log in</p>' };

describe('each fault is told with what to do', () => {
  test.each<[string, OddAnswer, RegExp]>([
    ['401', { status: 401 }, /does not accept the credentials. Check QISCUS_SECRET_KEY and QISCUS_APP_ID/],
    ['403', { status: 403 }, /may not do that. Use those of an administrator/],
    ['404', { status: 404 }, /no such call there. Check QISCUS_BASE_URL/],
    ['422', { status: 422 }, /refused what was sent. Check WEBHOOK_URL/],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example.com/' } }, /leads elsewhere/],
    ['429 for an hour', { status: 429, headers: { 'retry-after': '3600' } }, /Try again in 3600 seconds/],
    ['503', { status: 503 }, /vendor’s server failed. Try again later/],
    ['a web page', HTML, /a web page instead of JSON/],
    ['JSON of another shape', { status: 200, body: '[1]' }, /there is no data.configs/],
    ['a connection that is cut', 'cut', /no whole answer/],
    ['silence', 'silence', /no answer in time/],
  ])('%s', async (_, answer, told) => {
    const api = apiOf(await vendorThatAnswers(answer));
    await expect(api.configs()).rejects.toMatchObject({
      name: 'QiscusFault',
      message: expect.stringMatching(told),
    });
  });

  test('in one line, without a stack', async () => {
    const { code, stderr } = await runQiscus(await vendorThatAnswers(HTML), ['status']);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a certificate that does not fit', async () => {
    const { code, stderr } = await runQiscus(await startVendor(await selfSigned()), ['status']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the certificate of https:\/\/127.0.0.1:\d+ does not fit/);
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('nobody at the address', async () => {
    const vendor = { ...(await startVendor()), url: 'http://127.0.0.1:1' };
    const { code, stderr } = await runQiscus(vendor, ['status']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no whole answer from http:\/\/127.0.0.1:1 .*Check QISCUS_BASE_URL/);
  });

  test('a wrong key', async () => {
    const settings = { QISCUS_SECRET_KEY: 'another-key' };
    const { code, stderr } = await runQiscus(await startVendor(), ['status'], settings);
    expect(code).toBe(1);
    expect(stderr).toContain('QISCUS_SECRET_KEY');
  });
});

describe('what passes is tried again', () => {
  test.each<[string, OddAnswer]>([
    ['a server that fails twice', { status: 500 }],
    ['too many calls, with a second’s pause', { status: 429, headers: { 'retry-after': '1' } }],
    ['a connection that is cut', 'cut'],
  ])('%s', async (_, answer) => {
    const vendor = await startVendor();
    vendor.answer = () => (vendor.calls.length < 3 ? answer : undefined);
    expect(await apiOf(vendor).configs()).toMatchObject({ timezone: '+07:00' });
    expect(vendor.calls).toHaveLength(3);
  });

  test('a refusal is not', async () => {
    const vendor = await vendorThatAnswers({ status: 401 });
    await expect(apiOf(vendor).configs()).rejects.toThrow('401');
    expect(vendor.calls).toHaveLength(1);
  });
});

describe('settings', () => {
  test.each(['QISCUS_APP_ID', 'QISCUS_SECRET_KEY', 'WEBHOOK_URL'])(
    'one that is missing is named: %s',
    async (name) => {
      const { code, stderr } = await runQiscus(await startVendor(), ['status'], { [name]: '' });
      expect(code).toBe(1);
      expect(stderr).toContain(name);
    },
  );

  test.each([
    ['QISCUS_BASE_URL', 'http://omnichannel.example.com/x'],
    ['QISCUS_SECRET_KEY', 'two words'],
    ['WEBHOOK_URL', 'no-address'],
    ['QISCUS_EMAIL', 'ana@example.com'],
  ])('one that is wrong is named: %s', async (name, value) => {
    const { code, stderr } = await runQiscus(await startVendor(), ['status'], { [name]: value });
    expect(code).toBe(1);
    expect(stderr).toContain(name === 'QISCUS_EMAIL' ? 'QISCUS_PASSWORD' : name);
    expect(stderr).not.toContain(value);
  });

  test('a kind that there is not is answered with those that there are', async () => {
    const { code, stderr } = await runQiscus(await startVendor(), ['enable', 'sessions']);
    expect(code).toBe(1);
    expect(stderr).toContain('Kinds are session, resolution, agent-logout');
  });
});

test('what the vendor tells cannot steer a terminal', async () => {
  const vendor = await startVendor();
  vendor.configs.new_session_webhook_url = 'https://x.example/\u001b[2J\u0007\u202e';
  const { stdout } = await runQiscus(vendor, ['enable', 'session']);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('no secret stands in the process list', async () => {
  const vendor = await vendorThatAnswers('silence');
  const running = runQiscus(vendor, ['status', '--timeout', '0.7']);
  const commands = async () => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  };
  await eventually(async () => expect(vendor.calls.length).toBeGreaterThan(0));
  const seen = (await commands()).filter((command) => command.includes('operate/qiscus/main.ts'));
  expect(seen.length).toBeGreaterThan(0);
  for (const secret of [SECRET_KEY, ADMIN_TOKEN, PASSWORD]) expect(seen.join()).not.toContain(secret);
  await running;
});

/** A certificate that nobody vouches for. Java, which Kafka needs, makes it. */
async function selfSigned(): Promise<{ pfx: Buffer; passphrase: string }> {
  const path = join(await testDir('tls'), 'key.p12');
  const passphrase = 'changeit';
  const args = ['-genkeypair', '-alias', 'vendor', '-keyalg', 'EC', '-dname', 'CN=localhost'];
  const store = ['-storetype', 'PKCS12', '-keystore', path, '-storepass', passphrase];
  await promisify(execFile)('keytool', [...args, ...store]);
  return { pfx: await readFile(path), passphrase };
}
