import type { Carrier } from '@backstop/exchange';
import type { HttpRequest, Reply } from '@backstop/simulator';

type Config = Parameters<Carrier>[0];
type Response = Awaited<ReturnType<Carrier>>;

/** One request as it leaves a process; nothing for a reply = the connection was cut. */
export type Send = (request: HttpRequest) => Promise<Reply | undefined>;

/** Carries the SDK's requests by a call instead of a socket. One that is given up may still have its effect. */
export function carrierTo(send: Send): Carrier {
  return async (config) => {
    const reply = await Promise.race([send(toRequest(config)), abortOf(config)]);
    if (reply === undefined) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    if (reply.status !== 200) throw Object.assign(new Error('not 200'), { response: { status: reply.status } });
    return toResponse(config, reply);
  };
}

/** Rejects when the request is given up, and never resolves. */
function abortOf({ signal }: Config): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener?.('abort', () => reject(new Error('canceled')));
  });
}

/** Of a signed request the query is in the address, of a public one beside it. */
function toRequest({ method = 'get', url = '', params, data, headers }: Config): HttpRequest {
  const { pathname, search } = new URL(url);
  const query =
    search === '' ? new URLSearchParams((params ?? {}) as Record<string, string>).toString() : search.slice(1);
  return {
    method: method.toUpperCase(),
    endpoint: pathname.slice('/v5/'.length),
    query,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
    body: Buffer.from(typeof data === 'string' ? data : ''),
    address: '127.0.0.1',
  };
}

function toResponse(config: Config, { status, headers, body }: Reply): Response {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { data: body, status, statusText: 'OK', headers: lower, config };
}
