import { WebsocketAPIClient, WebsocketClient } from 'bybit-api';
import type { WSClientConfigurableOptions } from 'bybit-api';
import { KEY, SECRET } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';

type Url = Pick<Exchange, 'url'>;

function silent(): void {}

const logger = { trace: silent, info: silent, error: silent };

function socketUrl({ url }: Url, path: string): string {
  return `${url.replace('http', 'ws')}/v5/${path}`;
}

/** What a client emitted, in order, as `[event, what came with it]`. */
export type Emitted = (readonly [string, Record<string, unknown>])[];

export interface Listening {
  readonly client: WebsocketClient;
  readonly emitted: Emitted;
  [Symbol.dispose]: () => void;
}

const EVENTS = [
  'open',
  'authenticated',
  'response',
  'update',
  'reconnect',
  'reconnected',
  'close',
  'exception',
] as const;

/** The vendor's WebsocketClient as it comes, with all that it emits written down (reference F.6). */
export function socketClient(venue: Url, path: string, options: WSClientConfigurableOptions = {}): Listening {
  const credentials = path.startsWith('public') ? {} : { key: KEY, secret: SECRET };
  const client = new WebsocketClient(
    {
      ...credentials,
      market: 'v5',
      wsUrl: socketUrl(venue, path),
      reconnectTimeout: 50,
      pongTimeout: 5_000,
      ...options,
    },
    logger,
  );
  const emitted: Emitted = [];
  for (const name of EVENTS) client.on(name, (event: unknown) => void emitted.push([name, Object(event)]));
  return { client, emitted, [Symbol.dispose]: () => client.closeAll(true) };
}

export interface Ordering {
  readonly client: WebsocketAPIClient;
  [Symbol.dispose]: () => void;
}

/** The vendor's client for order entry over a socket, as it comes (reference F.1). */
export function orderClient(venue: Url, options: { key?: string; secret?: string } = {}): Ordering {
  const wsUrl = socketUrl(venue, 'trade');
  const client = new WebsocketAPIClient(
    {
      key: KEY,
      secret: SECRET,
      ...options,
      wsUrl,
      reconnectTimeout: 50,
      pongTimeout: 5_000,
      attachEventListeners: false,
    },
    logger,
  );
  return { client, [Symbol.dispose]: () => client.getWSClient().closeAll(true) };
}
