import { once } from 'node:events';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { type Logger, pino } from 'pino';
import { CommandError, commandLine, type ExitCode, runCommand } from '../../cli/command.ts';
import { withLocalPipeline } from '../../cli/local-pipeline.ts';
import { wholeNumber } from '../../cli/values.ts';
import { type ConsumerSettings, readSettings } from '../../config.ts';
import { isLoopback } from '../../loopback.ts';
import { createApp } from '../../watch/app.ts';
import { loggedError } from '../../watch/log.ts';
import { serve } from '../../watch/server.ts';
import { Answers } from '../api/answers.ts';
import { readerClient } from '../api/reader.ts';
import { DashboardToken } from '../dashboard/token.ts';
import { loadQueries } from '../report/library.ts';
import { mcpRoutes } from './routes.ts';
import { type McpDeps, mcpServer } from './server.ts';

/** `npm run mcp`: the query library as tools for programs that ask, over stdio, or HTTP. */
const STDERR = 2;
const EXPLANATION = `
Without --http it speaks over stdin and stdout, as a client that starts it wants. It reads as CLICKHOUSE_READER_URL
says, and cannot write. With --http and DASHBOARD_TOKEN set, clients send it as "Authorization: Bearer …".
`;

await runCommand(run);

async function run(): Promise<ExitCode> {
  const { http, host } = commandLine(
    'mcp',
    'Serves the questions of the query library by the Model Context Protocol.',
  )
    .option('--http <port>', 'over HTTP at /mcp on this port; 0 for any', wholeNumber({ to: 65_535 }))
    .option('--host <name>', 'where to listen; another than this machine needs DASHBOARD_TOKEN', '127.0.0.1')
    .addHelpText('after', EXPLANATION)
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const settings = readSettings(withLocalPipeline(process.env));
  // stdout is the protocol's.
  const log = pino({ level: 'warn', serializers: { err: loggedError } }, pino.destination(STDERR));
  const client = readerClient(settings.CLICKHOUSE_READER_URL);
  const library = loadQueries();
  const answers = new Answers({ client, library, nowMs: () => performance.now() });
  const deps = { library, answers, log };
  try {
    if (http === undefined) await overStdio(deps);
    else await overHttp(deps, settings, { host, port: http });
    return 0;
  } finally {
    await client.close();
  }
}

async function overStdio(deps: McpDeps): Promise<void> {
  const server = mcpServer(deps);
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // The client has gone.
    process.stdin.once('end', () => resolve());
  });
  await server.connect(new StdioServerTransport());
  await closed;
  await server.close();
}

async function overHttp(
  deps: McpDeps,
  { DASHBOARD_TOKEN }: ConsumerSettings,
  address: { readonly host: string; readonly port: number },
): Promise<void> {
  if (DASHBOARD_TOKEN === undefined && !isLoopback(address.host)) {
    throw new CommandError('Set DASHBOARD_TOKEN, since --host lets other machines ask.');
  }
  const token = DASHBOARD_TOKEN === undefined ? undefined : new DashboardToken(DASHBOARD_TOKEN);
  const app = createApp(deps.log).route('/', mcpRoutes(deps, token));
  const { server, url } = await listen(app, address, deps.log);
  console.log(`The Model Context Protocol is served at ${url}/mcp`);
  const signal = AbortSignal.any(
    (['SIGINT', 'SIGTERM'] as const).map((name) => {
      const stop = new AbortController();
      process.once(name, () => stop.abort());
      return stop.signal;
    }),
  );
  await once(signal, 'abort');
  server.closeAllConnections();
  await server[Symbol.asyncDispose]();
}

async function listen(app: Parameters<typeof serve>[0], address: Parameters<typeof serve>[1], log: Logger) {
  try {
    return await serve(app, address, log);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `${address.host}:${address.port} cannot be listened on (${code}). Choose another --http.`,
      {
        cause: error,
      },
    );
  }
}
