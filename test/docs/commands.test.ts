import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/environment.ts';
import { runScript } from '../support/programs.ts';
import { type Command, commandsOf, pages } from './pages.ts';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** What no test and no CI runs as it is shown, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  deploy:
    'needs a Cloudflare account: what it runs first is the doctor, which has tests; wrangler bundles in `build`',
  format: 'would change files; `lint` says the same',
  'test:mutation': 'takes hours',
  'test:properties': 'the same tests as `npm test` runs, many more times',
};

const commands = [...(await pages())].flatMap(([page, text]) => commandsOf(page, text));

/** The file that a script runs with node. */
const fileOf = (script: string) => /\bnode ([\w./-]+\.(?:ts|mjs))/.exec(scripts[script] ?? '')?.[1];

/** All that tests and CI say. */
const checks = ['test', '.ci'].flatMap((dir) =>
  readdirSync(join(ROOT, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^run$|\.(ts|mjs)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
);

test('the pages show commands', () => {
  expect(new Set(commands.map(({ script }) => script)).size).toBeGreaterThan(15);
});

test.each([...new Set(commands.map(({ script }) => script))])(
  'npm run %s exists, and is run by a test or by CI',
  (script) => {
    expect(scripts).toHaveProperty([script]);
    if (script in ELSEWHERE) return;
    const file = fileOf(script);
    const names = [...(file === undefined ? [] : [`${file}'`]), `run ${script}`, `'${script}'`];
    expect(checks.some((text) => names.some((name) => text.includes(name)))).toBe(true);
  },
);

/** Options of commands that say with `--help` what they take, by the command as far as its first option. */
const shown = Map.groupBy(
  commands.filter(
    ({ script, args }) => fileOf(script) !== undefined && args.some((arg) => arg.startsWith('--')),
  ),
  ({ script, args }) => [script, ...subcommandOf(args)].join(' '),
);

function subcommandOf(args: readonly string[]): readonly string[] {
  const [first] = args;
  return first !== undefined && /^[a-z][a-z-]*$/.test(first) ? [first] : [];
}

test.each([...shown])('npm run %s takes the options that the pages show', async (name, alike: Command[]) => {
  const [script = '', ...sub] = name.split(' ');
  const { stdout } = await runScript(fileOf(script) ?? '', {}, [...sub, '--help']);
  const options = alike.flatMap(({ args }) => args.filter((arg) => arg.startsWith('--')));
  for (const option of new Set(options)) expect(`${stdout} --help`).toContain(option);
});
