import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { listen } from './listen.ts';
import type { Metrics } from './metrics.ts';

/** Ready = doing its work. `reasons` say why not, for people; empty = ready. */
export interface Readiness {
  readonly reasons: readonly string[];
}

export interface HealthOptions {
  /** 0 = any free port. */
  readonly port: number;
  readonly host?: string;
  readonly metrics: Pick<Metrics, 'registry'>;
  readonly ready: () => Readiness | Promise<Readiness>;
}

export interface Health extends AsyncDisposable {
  /** e.g. `http://127.0.0.1:40123`, without a slash at its end. */
  readonly url: string;
}

/** A server that listens on every address is found by others under the machine's name. */
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/**
 * Serves `/metrics`, `/healthz` (200 while the process is alive) and `/readyz` (200, or 503 with the reasons as JSON).
 * Rejects when the port is taken. Disposing closes open connections too.
 */
export async function serveHealth({ port, host = '127.0.0.1', metrics, ready }: HealthOptions): Promise<Health> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response, { metrics, ready }).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, type: 'text/plain', body: 'failed\n' });
    });
  });
  const bound = await listen(server, port, host);
  const shown = EVERYWHERE.has(host) ? hostname() : host;
  return {
    url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${bound}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  url: string,
  response: ServerResponse,
  { metrics, ready }: Pick<HealthOptions, 'metrics' | 'ready'>,
): Promise<void> {
  switch (new URL(url, 'http://localhost').pathname) {
    case '/metrics':
      return send(response, {
        status: 200,
        type: metrics.registry.contentType,
        body: await metrics.registry.metrics(),
      });
    case '/healthz':
      return send(response, { status: 200, type: 'application/json', body: '{"alive":true}\n' });
    case '/readyz': {
      const { reasons } = await ready();
      const body = `${JSON.stringify({ ready: reasons.length === 0, reasons })}\n`;
      return send(response, { status: reasons.length === 0 ? 200 : 503, type: 'application/json', body });
    }
    default:
      return send(response, { status: 404, type: 'text/plain', body: 'there are /metrics, /healthz and /readyz\n' });
  }
}

function send(response: ServerResponse, { status, type, body }: { status: number; type: string; body: string }): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
