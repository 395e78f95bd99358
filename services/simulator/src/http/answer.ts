import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '../engine/model.ts';
import { noteReaction } from '../engine/reactions.ts';
import { Refusal } from '../engine/refusal.ts';
import type { FaultSpec } from '../sim/faults.ts';
import type { Simulator } from '../simulator.ts';
import { accountOfKey, authenticate } from './authenticate.ts';
import type { Answer } from './call.ts';
import { envelope, jsonReply, textReply } from './envelope.ts';
import type { Reply } from './envelope.ts';
import { batchSize } from './handlers/batch.ts';
import { symbolsOf } from './mutated-symbols.ts';
import type { Grant } from './rate-limits.ts';
import { PRIVATE_ROUTES, PUBLIC_ROUTES } from './routes.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without /v5/. */
  readonly endpoint: string;
  /** Exactly as on the wire, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly address: string;
}

/** A reply, or nothing: the connection is to be cut. `outcome` is what the truth counts. */
export interface Outcome {
  readonly reply: Reply | undefined;
  readonly outcome: string;
}

/** Answers one request under /v5: gate, limits, faults, effect. Runs to its end at once. */
export function answer(simulator: Simulator, request: HttpRequest, faults: readonly FaultSpec[]): Outcome {
  const struck = (kind: string): boolean => faults.some((fault) => fault.kind === kind);
  if (struck('forbidden') || !simulator.limits.admit(request.address, simulator.engine.venue.nowMs())) {
    return { reply: textReply(403, 'access too frequent'), outcome: '403' };
  }
  if (struck('http-500')) return { reply: textReply(500, 'Internal Server Error'), outcome: '500' };
  if (struck('reply-lost-before')) return { reply: undefined, outcome: 'lost' };
  const route = `${request.method} ${request.endpoint}`;
  const result = Object.hasOwn(PUBLIC_ROUTES, route)
    ? answerPublic(simulator, request, route)
    : answerPrivate(simulator, request, { route, faults });
  return struck('reply-lost-after') ? { reply: undefined, outcome: 'lost' } : result;
}

/** The name of the account whose key a request shows, or "" for none that is known. */
export function accountNameOf(simulator: Simulator, headers: IncomingHttpHeaders): string {
  return accountOfKey(simulator.engine.venue, headers)?.name ?? '';
}

function answerPublic({ engine }: Simulator, request: HttpRequest, route: string): Outcome {
  return attempt(engine.venue.nowMs(), () => PUBLIC_ROUTES[route]?.({ engine, input: inputOf(request) }));
}

function answerPrivate(
  simulator: Simulator,
  request: HttpRequest,
  { route, faults }: { route: string; faults: readonly FaultSpec[] },
): Outcome {
  const { engine, clock } = simulator;
  const nowMs = engine.venue.nowMs();
  const handle = Object.hasOwn(PRIVATE_ROUTES, route) ? PRIVATE_ROUTES[route] : undefined;
  if (handle === undefined)
    return { reply: jsonReply(404, { retCode: 10017, retMsg: 'Route not found.' }), outcome: '404' };
  const refused = refusalOf(faults);
  if (refused !== undefined) return { reply: envelope(nowMs, refused), outcome: String(refused.retCode) };
  const gate = attemptGate(() => {
    const payload = request.method === 'GET' ? Buffer.from(request.query) : request.body;
    const clocksMs = clock.isVirtual ? [nowMs, Date.now()] : [nowMs];
    return authenticate(engine.venue, { headers: request.headers, payload }, clocksMs);
  });
  if (gate instanceof Refusal) return refusal(nowMs, gate);

  const input = inputOf(request);
  const cost = request.endpoint.endsWith('-batch') ? batchSize(input) : 1;
  const grant = simulator.limits.take(gate.uid, request.endpoint, { cost, nowMs });
  if (grant.granted === 0) return withLimits(tooMany(nowMs), grant);
  if (request.method === 'POST') noteMutation(simulator, gate, input);
  const account = request.method === 'GET' ? asRead(simulator, gate, faults) : gate;
  const call = { engine, account, input, granted: grant.granted };
  return withLimits(
    attempt(
      nowMs,
      () => handle(call),
      (result) => bend(result, faults),
    ),
    grant,
  );
}

function inputOf({ method, query, body }: HttpRequest): unknown {
  if (method === 'GET') return Object.fromEntries(new URLSearchParams(query));
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function attemptGate(check: () => Account): Account | Refusal {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function attempt(nowMs: number, handle: () => Answer | undefined, bendResult?: (result: unknown) => unknown): Outcome {
  try {
    const { result, retExtInfo } = handle() ?? { result: {} };
    return { reply: envelope(nowMs, { result: bendResult?.(result) ?? result, retExtInfo }), outcome: 'ok' };
  } catch (error) {
    if (error instanceof Refusal) return refusal(nowMs, error);
    throw error;
  }
}

function refusal(nowMs: number, { retCode, message }: Refusal): Outcome {
  return { reply: envelope(nowMs, { retCode, retMsg: message }), outcome: String(retCode) };
}

function tooMany(nowMs: number): Outcome {
  return refusal(nowMs, new Refusal(10006, 'Too many visits. Exceeded the API Rate Limit.'));
}

/** The three headers of reference B.3. */
function withLimits({ reply, outcome }: Outcome, grant: Grant): Outcome {
  if (reply === undefined) return { reply, outcome };
  const headers = {
    ...reply.headers,
    'X-Bapi-Limit': String(grant.limit),
    'X-Bapi-Limit-Status': String(grant.remaining),
    'X-Bapi-Limit-Reset-Timestamp': String(grant.resetAtMs),
  };
  return { reply: { ...reply, headers }, outcome };
}

function noteMutation({ engine }: Simulator, account: Account, input: unknown): void {
  for (const symbol of symbolsOf(engine.venue, account, input)) noteReaction(engine.venue, account.name, symbol);
}

function refusalOf(faults: readonly FaultSpec[]): { retCode: number; retMsg: string } | undefined {
  const kinds = new Set(faults.map(({ kind }) => kind));
  if (kinds.has('rate-limited')) return { retCode: 10006, retMsg: 'Too many visits. Exceeded the API Rate Limit.' };
  if (kinds.has('server-error')) return { retCode: 10016, retMsg: 'System error. Please try again later.' };
  if (kinds.has('key-revoked')) return { retCode: 33004, retMsg: 'Your api key has expired.' };
  return undefined;
}

/** The account as a read sees it: as it was some time ago under a `stale-reads` fault. */
function asRead({ history, engine }: Simulator, account: Account, faults: readonly FaultSpec[]): Account {
  const stale = faults.find(({ kind }) => kind === 'stale-reads');
  return stale === undefined ? account : history.asOf(account, engine.venue.nowMs() - (stale.ms ?? 0));
}

/** Puts a status that nobody knows into the first row of an order listing. */
function bend(result: unknown, faults: readonly FaultSpec[]): unknown {
  if (!faults.some(({ kind }) => kind === 'unknown-enum')) return result;
  if (typeof result !== 'object' || result === null || !('list' in result) || !Array.isArray(result.list))
    return result;
  const [first, ...rest]: unknown[] = result.list;
  if (typeof first !== 'object' || first === null || !('orderStatus' in first)) return result;
  return { ...result, list: [{ ...first, orderStatus: 'SomethingNew' }, ...rest] };
}
