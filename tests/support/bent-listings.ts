import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** The exchange behind a door at which rows of some symbols become such as nobody can read. */
export interface BentListings extends AsyncDisposable {
  /** In place of the exchange's own; for REST only. */
  readonly url: string;
  /** How often a listing of everything was asked for. `endpoint` is the end of a path: "position/list". */
  readonly whole: (endpoint: string) => number;
  /** How often it was answered with a row that cannot be read. */
  readonly spoilt: (endpoint: string) => number;
  /** How often anything of this symbol was asked for. */
  readonly reads: (symbol: string) => number;
  /** From now on rows of this symbol have a quantity that is no number. */
  readonly bend: (endpoint: string, symbol: string) => void;
  /** From now on rows are as they were sent. */
  readonly straighten: () => void;
}

interface Door {
  readonly exchangeUrl: string;
  readonly bent: Map<string, string>;
  readonly asked: { readonly endpoint: string; readonly symbol: string | null; isSpoilt: boolean }[];
}

/** The field of a row that is spoilt, by listing. */
const QUANTITIES = ['size', 'qty', 'execQty'] as const;

export async function openBentListings(exchangeUrl: string): Promise<BentListings> {
  const door: Door = { exchangeUrl, bent: new Map(), asked: [] };
  const server = createServer((request, response) => {
    passOn(request, response, door).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    whole: (endpoint) => door.asked.filter(isWhole(endpoint)).length,
    spoilt: (endpoint) => door.asked.filter(isWhole(endpoint)).filter(({ isSpoilt }) => isSpoilt).length,
    reads: (symbol) => door.asked.filter((read) => read.symbol === symbol).length,
    bend: (endpoint, symbol) => void door.bent.set(endpoint, symbol),
    straighten: () => door.bent.clear(),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function passOn(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const { pathname, searchParams } = new URL(url, door.exchangeUrl);
  const asked = { endpoint: pathname, symbol: searchParams.get('symbol'), isSpoilt: false };
  if (method === 'GET') door.asked.push(asked);
  const sent = await buffer(request);
  const { host: _host, connection: _connection, 'content-length': _length, ...named } = request.headers;
  const headers = Object.entries(named).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  const reply = await fetch(new URL(url, door.exchangeUrl), {
    method,
    headers: Object.fromEntries(headers),
    ...(sent.length > 0 && { body: new Uint8Array(sent) }),
  });
  const text = await reply.text();
  const symbol = [...door.bent].find(([endpoint]) => pathname.endsWith(endpoint))?.[1];
  for (const [name, value] of reply.headers) {
    if (!['content-length', 'connection', 'transfer-encoding', 'keep-alive'].includes(name))
      response.setHeader(name, value);
  }
  response.writeHead(reply.status);
  const spoilt = symbol === undefined ? text : bent(text, symbol);
  asked.isSpoilt = spoilt !== text;
  response.end(spoilt);
}

function isWhole(endpoint: string): (read: Door['asked'][number]) => boolean {
  return (read) => read.symbol === null && read.endpoint.endsWith(endpoint);
}

function bent(text: string, symbol: string): string {
  return JSON.stringify(
    JSON.parse(text, (_key, value: unknown) =>
      isRowOf(value, symbol) ? { ...value, ...Object.fromEntries(QUANTITIES.map((name) => [name, 'a lot'])) } : value,
    ),
  );
}

function isRowOf(value: unknown, symbol: string): value is object {
  return typeof value === 'object' && value !== null && 'symbol' in value && value.symbol === symbol;
}
