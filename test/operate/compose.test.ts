import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { readMigrationSettings, readSettings } from '../../consumer/config.ts';
import { readUsers } from '../../local/clickhouse/users.ts';
import { nodeCommand } from '../../local/npm-script.ts';
import { readTopicLayout } from '../../operate/topics/layout.ts';
import { type ComposeService, environmentOf, readCompose } from '../support/compose.ts';
import { ROOT } from '../support/environment.ts';

const PATH = 'operate/container/compose.yaml';
const { services, volumes } = readCompose(PATH);
const all = Object.entries(services);
const dockerfile = readFileSync(join(ROOT, 'operate/container/Dockerfile'), 'utf8');
const packageJson = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What the image has of this repository. */
const COPIED = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) =>
  sources.split(' '),
);

function serviceOf(name: string): ComposeService {
  const service = services[name];
  if (service === undefined) throw new Error(`there is no service ${name}`);
  return service;
}

/** Docker does not run in the tests: what it would be told is looked at instead. */
describe('the compose file of the whole', () => {
  test('has three brokers, a ClickHouse, what prepares them, and two consumers', () => {
    expect(Object.keys(services).toSorted()).toEqual(
      [
        'kafka-1',
        'kafka-2',
        'kafka-3',
        'clickhouse',
        'users',
        'migrate',
        'topics',
        'consumer-1',
        'consumer-2',
      ].toSorted(),
    );
  });

  test('waits for services that are there, by what they can tell', () => {
    for (const [name, { depends_on = {} }] of all) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const { healthcheck } = serviceOf(other);
        if (condition === 'service_healthy')
          expect([name, healthcheck?.test]).toEqual([name, expect.any(Array)]);
        else expect([name, condition]).toEqual([name, 'service_completed_successfully']);
      }
    }
    const order = (name: string, before: readonly string[] = []): string[] => {
      expect(before).not.toContain(name);
      return Object.keys(serviceOf(name).depends_on ?? {}).flatMap((other) => [
        other,
        ...order(other, [...before, name]),
      ]);
    };
    expect(order('consumer-1')).toEqual(expect.arrayContaining(['migrate', 'users', 'topics', 'kafka-3']));
  });

  test('mounts volumes that are declared and files that are there, and opens no port to other machines', () => {
    const mounted = all
      .flatMap(([, service]) => service.volumes ?? [])
      .map((each) => each.split(':')[0] ?? '');
    const named = mounted.filter((each) => !each.startsWith('.'));
    expect(named.toSorted()).toEqual(Object.keys(volumes).toSorted());
    for (const path of mounted.filter((each) => each.startsWith('.')))
      expect([path, existsSync(join(ROOT, dirname(PATH), path))]).toEqual([path, true]);
    const ports = all.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
  });

  test('runs the images of the other compose file, and the Node of package.json', () => {
    const others = Object.values(readCompose('compose.yaml').services).map(({ image }) => image);
    const images = all.map(([, { image }]) => image).filter((image) => !image.startsWith('qiscus-stream'));
    expect([...new Set(images)].toSorted()).toEqual(others.toSorted());
    expect(dockerfile).toContain(`FROM node:${packageJson.devDependencies.node}-`);
  });

  test('gives each program settings that it takes, and the users their passwords', () => {
    for (const name of ['consumer-1', 'consumer-2']) {
      const settings = readSettings(environmentOf(serviceOf(name)));
      expect(settings.CLICKHOUSE_URL).toMatchObject({ username: 'writer', database: 'qiscus' });
      expect(settings.CLICKHOUSE_READER_URL).toMatchObject({ username: 'reader' });
    }
    const migration = readMigrationSettings(environmentOf(serviceOf('migrate')));
    expect(migration.CLICKHOUSE_URL).toMatchObject({ username: 'migrator' });
    expect(readTopicLayout(environmentOf(serviceOf('topics')))).toMatchObject({
      numPartitions: 6,
      replicationFactor: 3,
    });
    const sql = readFileSync(join(ROOT, 'operate/clickhouse/users.sql'), 'utf8');
    const asked = [...sql.matchAll(/BY \{(\w+):String\}/g)].map(([, name]) => name);
    const given = serviceOf('users').command?.flatMap((each) => /^--param_(\w+)=./.exec(each)?.[1] ?? []);
    expect(given).toEqual(asked);
    expect([...readUsers(sql).access.keys()]).toEqual(
      expect.arrayContaining(['writer', 'reader', 'migrator']),
    );
  });
});

describe('the container file', () => {
  const [own = '[]'] = [...dockerfile.matchAll(/^CMD (.+)$/gm)].map(([, command]) => command);
  const commands: readonly string[][] = [JSON.parse(own), ...all.map(([, { command = [] }]) => command)];
  const programs = commands.flatMap(([node, ...args]) =>
    node === 'node' ? args.filter((arg) => arg.endsWith('.ts')) : [],
  );

  test('has what it copies, all of it let through to the build', () => {
    const ignore = readFileSync(join(ROOT, 'operate/container/Dockerfile.dockerignore'), 'utf8').split('\n');
    for (const path of COPIED) {
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
      expect(ignore).toContain(`!${path}`);
    }
  });

  test('starts the consumer as npm run consumer does, as the unit of systemd does', () => {
    const unit = readFileSync(join(ROOT, 'operate/systemd/qiscus-consumer.service'), 'utf8');
    const { env, args } = nodeCommand('consumer');
    expect(commands[0]).toEqual(['node', ...args]);
    expect(unit).toMatch(new RegExp(`^ExecStart=\\S+/node ${args.join(' ')}$`, 'm'));
    for (const [name, value] of Object.entries(env)) {
      // Each has a folder of its own for what is compiled.
      const setting = name === 'NODE_COMPILE_CACHE' ? `${name}=/` : `${name}=${value}`;
      for (const file of [unit, dockerfile]) expect(file).toContain(setting);
    }
  });

  test('runs programs that are in it, with all that they import', async () => {
    expect(programs.toSorted()).toEqual([
      'consumer/main.ts',
      'consumer/persist/migrate.ts',
      'operate/topics/main.ts',
    ]);
    const { metafile } = await build({
      entryPoints: programs,
      absWorkingDir: ROOT,
      outdir: 'unused',
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs).map(normalize);
    expect(inputs.filter((path) => !COPIED.some((copied) => path.startsWith(`${copied}/`)))).toEqual([]);
    const packages = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .flatMap(({ path, external }) => (external && !isBuiltin(path) ? [nameOf(path)] : []));
    const installed = Object.keys(packageJson.dependencies);
    expect([...new Set(packages)].filter((name) => !installed.includes(name))).toEqual([]);
  });
});

function nameOf(path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}
