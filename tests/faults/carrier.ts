import type { Carrier, Courier } from '@backstop/exchange';
import type { HttpRequest, Reply } from '@backstop/simulator';

type Config = Parameters<Carrier>[0];
type Response = Awaited<ReturnType<Carrier>>;

/** One request as it leaves a process; nothing for a reply = the connection was cut. */
export type Send = (request: HttpRequest) => Promise<Reply | undefined>;

const ADDRESS = '127.0.0.1';

/** Carries the SDK's requests by a call instead of a socket. One that is given up may still have its effect. */
function carrierTo(send: Send): Carrier {
  return async (config) => {
    const reply = await Promise.race([send(toRequest(config)), abortOf(config)]);
    if (reply === undefined) throw cut();
    if (reply.status !== 200) throw Object.assign(new Error('not 200'), { response: { status: reply.status } });
    return toResponse(config, reply);
  };
}

/** The same without the SDK's HTTP library. */
function courierTo(send: Send): Courier {
  return async ({ method, endpoint, query, headers, body }, signal) => {
    const request = { method, endpoint: pathOf(endpoint), query, headers, body: Buffer.from(body), address: ADDRESS };
    const reply = await Promise.race([send(request), abortOf({ signal })]);
    if (reply === undefined) throw cut();
    return { ...reply, headers: inSmallLetters(reply.headers) };
  };
}

/** What an exchange client is opened with, for requests to go this way. */
export function wayTo(throughSdk: boolean, send: Send): { readonly carrier: Carrier } | { readonly courier: Courier } {
  return throughSdk ? { carrier: carrierTo(send) } : { courier: courierTo(send) };
}

/** Rejects when the request is given up, and never resolves. */
function abortOf({ signal }: Pick<Config, 'signal'>): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener?.('abort', () => reject(new Error('canceled')));
  });
}

function cut(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** As the exchange's side names it. */
function pathOf(endpoint: string): string {
  return endpoint.slice('/v5/'.length);
}

function inSmallLetters<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  const small: Record<string, T> = {};
  for (const [name, value] of Object.entries(headers)) small[name.toLowerCase()] = value;
  return small;
}

/** Of a signed request the query is in the address, of a public one beside it. */
function toRequest({ method = 'get', url = '', params, data, headers }: Config): HttpRequest {
  const { pathname, search } = new URL(url);
  const query =
    search === '' ? new URLSearchParams((params ?? {}) as Record<string, string>).toString() : search.slice(1);
  return {
    method: method.toUpperCase(),
    endpoint: pathOf(pathname),
    query,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
    body: Buffer.from(typeof data === 'string' ? data : ''),
    address: ADDRESS,
  };
}

function toResponse(config: Config, { status, headers, body }: Reply): Response {
  return { data: body, status, statusText: 'OK', headers: inSmallLetters(headers), config };
}
