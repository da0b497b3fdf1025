import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problem } from '../api/problem.ts';
import { guard } from '../dashboard/access.ts';
import type { DashboardToken } from '../dashboard/token.ts';
import { type McpDeps, mcpServer } from './server.ts';

const MOST_BYTES = 100_000;

/**
 * The server over streamable HTTP at `/mcp`: each request stands by itself, and is answered whole, as JSON. Nothing is
 * kept between two of them, so that whoever goes away leaves nothing.
 * @param token as the dashboard has it
 */
export function mcpRoutes(deps: McpDeps, token: DashboardToken | undefined): Hono {
  const routes = new Hono();
  routes.use('/mcp', guard(token));
  const tooLarge = () => problem(413, 'This is too large', `A request has ${MOST_BYTES} bytes at most.`);
  routes.post('/mcp', bodyLimit({ maxSize: MOST_BYTES, onError: tooLarge }), async (c) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = mcpServer(deps);
    await server.connect(transport);
    try {
      return await transport.handleRequest(c.req.raw);
    } finally {
      await server.close();
    }
  });
  return routes;
}
