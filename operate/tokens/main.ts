import type { Command } from '@commander-js/extra-typings';
import { CommandError, commandLine, runCommand } from '../../consumer/cli/command.ts';
import { textTable } from '../../consumer/cli/table.ts';
import { putSecret } from './put.ts';
import { newToken, printOf, readTokens, secretOf, type Tokens, writeTokens } from './tokens-file.ts';

const FILE = '.tokens.json';
/** As the Worker takes it. */
const APP = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const HELP = `
To rotate without a gap: add, register the new URL with the vendor ("npm run qiscus -- enable"), and remove the old
token once nothing comes by it any more. All that the file holds is put at once: Cloudflare shows no secret again, so
keep the file as one, and out of the repository.
`;

/** `npm run tokens -- add | list | remove | put`: the webhook tokens of the Worker. */
await runCommand(async () => {
  const program = commandLine('tokens', 'Makes, lists and removes webhook tokens.').addHelpText(
    'after',
    HELP,
  );

  withFile(program.command('add'))
    .description('makes a strong token for an app')
    .requiredOption('--app <app>', 'the app, as in the webhook’s URL')
    .option('--put', 'gives all tokens to the Worker, by wrangler')
    .action(async ({ app, file, put = false }) => {
      if (!APP.test(app))
        throw new CommandError('An app is named by letters, digits, dots, dashes and underscores.');
      const tokens = await readTokens(file);
      const token = newToken();
      tokens.apps[app] = [...(tokens.apps[app] ?? []), { token, added: new Date().toISOString() }];
      await writeTokens(file, tokens);
      console.log(`A token for ${app}, ${printOf(token)}, stands in ${file}.`);
      if (process.stdout.isTTY) console.log(`Webhooks go to https://{worker}/webhooks/${app}/${token}`);
      await giveOn(tokens, put);
    });

  withFile(program.command('list'))
    .description('apps and tokens, each by its print')
    .option('--json', 'one JSON object, for programs')
    .action(async ({ file, json = false }) => {
      const { apps } = await readTokens(file);
      const all = Object.entries(apps).flatMap(([app, tokens]) =>
        tokens.map(({ token, added }) => ({ app, print: printOf(token), added })),
      );
      if (json) console.log(JSON.stringify({ tokens: all }));
      else if (all.length === 0)
        console.log(`No tokens in ${file}. "npm run tokens -- add --app …" makes one.`);
      else
        process.stdout.write(
          textTable({ heads: ['app', 'token', 'added'], rows: all.map((each) => Object.values(each)) }),
        );
    });

  withFile(program.command('remove'))
    .description('removes a token')
    .argument('<print>', 'as "list" shows it')
    .option('--last', 'also the last one of an app, whose webhooks are refused from then on')
    .option('--put', 'gives the others to the Worker, by wrangler')
    .action(async (print, { file, last = false, put = false }) => {
      const tokens = await readTokens(file);
      await writeTokens(file, without(tokens, print, last));
      console.log(`${print} is removed from ${file}.`);
      await giveOn(tokens, put);
    });

  withFile(program.command('put'))
    .description('gives the tokens to the Worker, by wrangler')
    .action(async ({ file }) => giveOn(await readTokens(file), true));

  program
    .command('admin')
    .description('makes a strong ADMIN_TOKEN, and gives it to the Worker, by wrangler')
    .action(async () => {
      const token = newToken();
      console.log(`ADMIN_TOKEN=${token}`);
      await putSecret('ADMIN_TOKEN', token);
    });

  await program.parseAsync(process.argv.slice(2), { from: 'user' });
  return 0;
});

function withFile(command: Command) {
  return command.option('--file <path>', 'where the tokens are', FILE);
}

/** Takes a token out. @throws CommandError where there is none, or it is the last of its app */
function without(tokens: Tokens, print: string, isLastMeant: boolean): Tokens {
  const found = Object.entries(tokens.apps).find(([, all]) =>
    all.some(({ token }) => printOf(token) === print),
  );
  if (found === undefined) {
    // Who gives a token for its print must not find it in the terminal's history once more.
    const which = /^[0-9a-f]{8}$/.test(print) ? `the print ${print}` : 'that print, which is 8 hex digits';
    throw new CommandError(`No token has ${which}. "npm run tokens -- list" shows them.`);
  }
  const [app, all] = found;
  const left = all.filter(({ token }) => printOf(token) !== print);
  if (left.length === 0 && !isLastMeant) {
    throw new CommandError(
      `It is the last token of ${app}: its webhooks would be refused, and the vendor sends none again. Add another first, or give --last.`,
    );
  }
  if (left.length > 0) tokens.apps[app] = left;
  else delete tokens.apps[app];
  return tokens;
}

async function giveOn(tokens: Tokens, isPut: boolean): Promise<void> {
  if (isPut) return putSecret('WEBHOOK_TOKENS', secretOf(tokens));
  console.log('The Worker knows nothing of it yet: "npm run tokens -- put" gives it all tokens.');
}
