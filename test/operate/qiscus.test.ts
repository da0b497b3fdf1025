import { describe, expect, test } from 'vitest';
import { runQiscus, WEBHOOK_URL } from './run-qiscus.ts';
import { ADMIN_TOKEN, APP_ID, PASSWORD, SECRET_KEY, startVendor } from './vendor.ts';

const FOREIGN = 'https://crm.example.com/hooks/qiscus?key=7';

describe('status', () => {
  test('each webhook is told as the vendor has it, whatever form its answer takes', async () => {
    const vendor = await startVendor();
    Object.assign(vendor.configs, {
      new_session_webhook_url: WEBHOOK_URL,
      is_new_session_webhook_enabled: 'true',
      mark_as_resolved_webhook_url: FOREIGN,
      is_mark_as_resolved_webhook_enabled: true,
      bot_webhook_url: '',
      is_bot_enabled: null,
      allocate_agent_webhook_url: 'https://worker.example.com//webhooks/demo/an-earlier-one',
      is_allocate_agent_webhook_enabled: false,
    });
    const { code, stdout } = await runQiscus(vendor, ['status', '--json']);
    expect(code).toBe(0);
    const { webhooks, timezone, webhook_url } = JSON.parse(stdout);
    expect(webhook_url).toBe('https://worker.example.com/webhooks/demo/…');
    const told = webhooks.map(({ kind, owner, enabled }: Record<string, unknown>) => [kind, owner, enabled]);
    expect(told).toEqual([
      ['session', 'ours', true],
      ['resolution', 'foreign', true],
      ['agent-logout', 'unknown', null],
      ['message', 'none', null],
      ['allocation', 'ours-other-token', false],
      ['custom-button', 'unknown', null],
    ]);
    expect(webhooks[1].url).toBe(FOREIGN);
    expect(timezone).toEqual({ vendor: '+07:00', reports: 'Asia/Jakarta', agrees: true });
  });

  test('a name that the vendor doubles is read where the plain one is not there', async () => {
    const vendor = await startVendor();
    vendor.configs.new_session_webhook_url = WEBHOOK_URL;
    const { stdout } = await runQiscus(vendor, ['status', '--json']);
    expect(JSON.parse(stdout).webhooks[0]).toMatchObject({ owner: 'ours', enabled: true });
  });

  test('a time zone other than that of the reports is told, with what to do', async () => {
    const vendor = await startVendor();
    vendor.configs.timezone = '+09:00';
    const { stdout } = await runQiscus(vendor, ['status']);
    expect(stdout).toContain('+09:00, reports cut their days at Asia/Jakarta (+07:00)');
    expect((await runQiscus(vendor, ['status', '--tz', 'Asia/Jayapura'])).stdout).not.toContain(
      'cut their days',
    );
  });

  test('a Worker and a ClickHouse out of reach are told, and the rest is answered', async () => {
    const { code, stdout } = await runQiscus(await startVendor(), ['status']);
    expect(code).toBe(0);
    expect(stdout).toContain('No Worker answers');
    expect(stdout).toMatch(/ClickHouse/);
    expect(stdout).toContain('npm run qiscus -- enable session resolution');
  });
});

describe('enable', () => {
  test('the three documented calls are made as the vendor’s page has them, and read back', async () => {
    const vendor = await startVendor();
    const run = await runQiscus(vendor, ['enable', '--yes', 'session', 'mark-as-resolved', 'agent-logout']);
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('✓ New Session is on, to our URL: read back.'),
    });
    const posts = vendor.calls.filter(({ method }) => method === 'POST');
    expect(posts.map(({ path, form }) => ({ path, form }))).toEqual([
      { path: '/api/v2/app/config/new_session_webhook', form: { url: WEBHOOK_URL, enabled: 'true' } },
      {
        path: '/api/v1/app/webhook/mark_as_resolved',
        form: { webhook_url: WEBHOOK_URL, is_webhook_enabled: 'true' },
      },
      { path: '/api/v2/app/config/auth_webhook', form: { url: WEBHOOK_URL, enabled: 'true' } },
    ]);
    const [session, resolution, logout] = posts.map(({ headers }) => headers);
    expect(session).toMatchObject({ 'qiscus-secret-key': SECRET_KEY, 'qiscus-app-id': APP_ID });
    expect(resolution).toMatchObject({ authorization: ADMIN_TOKEN, 'qiscus-app-id': APP_ID });
    expect(logout).toMatchObject({ authorization: ADMIN_TOKEN });
    expect(logout).not.toHaveProperty('qiscus-secret-key');
  });

  test('running it twice changes nothing', async () => {
    const vendor = await startVendor();
    await runQiscus(vendor, ['enable', '--yes']);
    const before = vendor.calls.length;
    const { code, stdout } = await runQiscus(vendor, ['enable']);
    expect(code).toBe(0);
    expect(stdout).toContain('nothing to do');
    expect(vendor.calls.slice(before).map(({ method }) => method)).toEqual(['GET']);
  });

  test('another’s URL is named before it is replaced, with a command that puts it back', async () => {
    const vendor = await startVendor();
    vendor.configs.new_session_webhook_url = FOREIGN;
    const { stdout } = await runQiscus(vendor, ['enable', 'session', '--yes']);
    expect(stdout).toContain(`Another’s URL stands there now: ${FOREIGN}`);
    expect(vendor.configs.new_session_webhook_url).toBe(WEBHOOK_URL);
    const command = /WEBHOOK_URL='([^']+)' npm run qiscus -- (.+)/.exec(stdout);
    await runQiscus(vendor, (command?.[2] ?? '').split(' '), { WEBHOOK_URL: command?.[1] ?? '' });
    expect(vendor.configs.new_session_webhook_url).toBe(FOREIGN);
  });

  test('without --yes and without a person to ask, nothing changes, and what would is told', async () => {
    const vendor = await startVendor();
    const { code, stdout, stderr } = await runQiscus(vendor, ['enable', 'session']);
    expect(code).toBe(1);
    expect(stdout).toContain('New Session is registered to https://worker.example.com/webhooks/demo/…');
    expect(stderr).toContain('give --yes');
    expect(vendor.calls.map(({ method }) => method)).toEqual(['GET']);
  });

  test('calls that only public clients show may be missing: then the dashboard is named', async () => {
    const vendor = await startVendor();
    vendor.answer = ({ path }) =>
      /bot|agent_allocation/.test(path) ? { status: 404, body: '{}' } : undefined;
    const { code, stdout } = await runQiscus(vendor, ['enable', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('Bot can be set in the vendor’s dashboard alone');
    expect(stdout).toContain('Custom Button can be set in the vendor’s dashboard alone');
    expect((await runQiscus(vendor, ['enable', '--yes', 'bot'])).code).toBe(1);
  });

  test('one call that fails costs the others nothing, and is told', async () => {
    const vendor = await startVendor();
    vendor.answer = ({ path }) => (path.includes('mark_as_resolved') ? { status: 403 } : undefined);
    const { code, stdout } = await runQiscus(vendor, ['enable', '--yes']);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ Mark As Resolved: POST /api/v1/app/webhook/mark_as_resolved answered 403');
    expect(vendor.configs).toMatchObject({
      is_new_session_webhook_enabled: 'true',
      is_auth_webhook_enabled: 'true',
    });
  });

  test('a vendor that accepts the call and keeps another URL is not believed', async () => {
    const vendor = await startVendor();
    vendor.answer = ({ method }) =>
      method === 'POST' ? { status: 200, body: '{"data":{"configs":{}},"status":200}' } : undefined;
    vendor.configs.new_session_webhook_url = FOREIGN;
    const { code, stdout } = await runQiscus(vendor, ['enable', '--yes', 'session']);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ New Session: the vendor accepted the call, but');
  });

  test('with an e-mail address and a password, the token is fetched', async () => {
    const vendor = await startVendor();
    const settings = { QISCUS_ADMIN_TOKEN: '', QISCUS_EMAIL: 'ana@example.com', QISCUS_PASSWORD: PASSWORD };
    const { code } = await runQiscus(vendor, ['enable', '--yes', 'resolution', 'agent-logout'], settings);
    expect(code).toBe(0);
    const auth = vendor.calls.filter(({ path }) => path === '/api/v1/auth');
    expect(auth.map(({ form }) => form)).toEqual([{ email: 'ana@example.com', password: PASSWORD }]);
  });

  test('without an administrator, what needs one says so, and the rest is registered', async () => {
    const vendor = await startVendor();
    const { code, stdout } = await runQiscus(vendor, ['enable', '--yes'], { QISCUS_ADMIN_TOKEN: '' });
    expect(code).toBe(1);
    expect(stdout).toContain('✗ Mark As Resolved: This call needs an administrator. Set QISCUS_ADMIN_TOKEN');
    expect(vendor.configs.is_new_session_webhook_enabled).toBe('true');
  });
});

describe('disable', () => {
  test('ours is turned off and keeps its URL; another’s is left alone until it is meant', async () => {
    const vendor = await startVendor();
    await runQiscus(vendor, ['enable', '--yes', 'session']);
    Object.assign(vendor.configs, {
      mark_as_resolved_webhook_url: FOREIGN,
      is_mark_as_resolved_webhook_enabled: 'true',
    });
    const run = await runQiscus(vendor, ['disable', '--yes']);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`left alone, since another’s URL stands there: ${FOREIGN}`);
    expect(vendor.configs).toMatchObject({
      new_session_webhook_url: WEBHOOK_URL,
      is_new_session_webhook_enabled: 'false',
      is_mark_as_resolved_webhook_enabled: 'true',
    });
    expect((await runQiscus(vendor, ['disable', '--yes', 'resolution'])).code).toBe(1);
    expect((await runQiscus(vendor, ['disable', '--yes', '--foreign', 'resolution'])).code).toBe(0);
    expect(vendor.configs).toMatchObject({
      mark_as_resolved_webhook_url: FOREIGN,
      is_mark_as_resolved_webhook_enabled: 'false',
    });
  });
});
