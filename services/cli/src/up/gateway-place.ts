import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where the gateway of a run will listen. */
export interface GatewayPlace {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Why it is not the usual port, for the person who looks for it there. */
  readonly note: string;
}

const USUAL_PORT = 3_000;
const LOOPBACK = '127.0.0.1';

/**
 * The port that was asked for, and a fault when it cannot be had. Without one the usual port or, where somebody else has
 * that, a free one. BACKSTOP_GATEWAY_HOST says where to listen.
 */
export async function gatewayPlace(
  asked: number | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ place: GatewayPlace; faults: [] } | { place: undefined; faults: string[] }> {
  const host = env['BACKSTOP_GATEWAY_HOST'] || LOOPBACK;
  const port = await bindable(host, asked ?? USUAL_PORT);
  if (port !== undefined) return { place: place(host, port, ''), faults: [] };
  if (asked !== undefined)
    return { place: undefined, faults: [`--port: ${asked} is taken on ${host}, or not allowed`] };

  const free = await bindable(host, 0);
  if (free !== undefined) return { place: place(host, free, `${USUAL_PORT} is taken`), faults: [] };
  return { place: undefined, faults: [`BACKSTOP_GATEWAY_HOST: the gateway cannot listen on ${host}`] };
}

function place(host: string, port: number, note: string): GatewayPlace {
  const shown = host === '0.0.0.0' || host === '::' ? LOOPBACK : host;
  return { host, port, url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`, note };
}

/** The port that listening there gives (0 = any free one); undefined = it cannot be had. */
async function bindable(host: string, port: number): Promise<number | undefined> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
    const address = probe.address();
    return typeof address === 'object' ? address?.port : undefined;
  } catch {
    return undefined;
  } finally {
    probe.close();
  }
}
