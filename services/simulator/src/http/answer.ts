import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '../engine/model.ts';
import { Refusal } from '../engine/refusal.ts';
import type { FaultSpec } from '../sim/fault-spec.ts';
import type { Simulator } from '../simulator.ts';
import { accountOfKey, authenticate, hasAuthParameters } from './authenticate.ts';
import type { Answer } from './call.ts';
import { carryOut } from './carry-out.ts';
import { envelope, jsonReply, textReply } from './envelope.ts';
import type { Reply } from './envelope.ts';
import { textOfCode } from './error-texts.ts';
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

const TOO_MANY_VISITS = 10006;

/** A GET with an empty JSON object for a body is turned away before anybody reads it (reference A.4). */
const EMPTY_JSON = /^\s*\{\s*\}\s*$/;

/** Answers one request under /v5: address, gate, limits, faults, effect. Runs to its end at once. */
export function answer(simulator: Simulator, request: HttpRequest, faults: readonly FaultSpec[]): Outcome {
  const turnedAway = turnAway(simulator, request, faults);
  if (turnedAway !== undefined) return turnedAway;
  const kinds = new Set(faults.map(({ kind }) => kind));
  if (kinds.has('http-500')) return httpError(500, 'Internal Server Error');
  if (kinds.has('reply-lost-before')) return { reply: undefined, outcome: 'lost' };
  const route = `${request.method} ${request.endpoint}`;
  const result = Object.hasOwn(PUBLIC_ROUTES, route)
    ? answerPublic(simulator, request, { route, faults })
    : answerPrivate(simulator, request, { route, faults });
  return kinds.has('reply-lost-after') ? { reply: undefined, outcome: 'lost' } : result;
}

/** The name of the account whose key a request shows, or "" for none that is known. */
export function accountNameOf(simulator: Simulator, headers: IncomingHttpHeaders): string {
  return accountOfKey(simulator.engine.venue, headers)?.name ?? '';
}

/** HTTP 403: a banned address, one over its limit, a `forbidden` fault (a ban when it has `ms`), an empty JSON body. */
function turnAway(
  { limits, engine }: Simulator,
  { address, method, body }: HttpRequest,
  faults: readonly FaultSpec[],
): Outcome | undefined {
  const nowMs = engine.venue.nowMs();
  const forbidden = faults.find((fault) => fault.kind === 'forbidden');
  if (forbidden?.ms !== undefined) limits.ban(address, nowMs + forbidden.ms);
  if (forbidden !== undefined || !limits.admit(address, nowMs)) return httpError(403, 'access too frequent');
  return method === 'GET' && EMPTY_JSON.test(body.toString()) ? httpError(403, 'Forbidden') : undefined;
}

interface Way {
  readonly route: string;
  readonly faults: readonly FaultSpec[];
}

function answerPublic({ engine }: Simulator, request: HttpRequest, { route, faults }: Way): Outcome {
  const nowMs = skewed(engine.venue.nowMs(), faults);
  const handle = PUBLIC_ROUTES[route];
  try {
    const made: Answer = handle?.({ engine, input: inputOf(request), nowMs }) ?? { result: {} };
    return { reply: envelope(nowMs, made), outcome: 'ok' };
  } catch (error) {
    if (error instanceof Refusal) return refusal(nowMs, error);
    throw error;
  }
}

function answerPrivate(simulator: Simulator, request: HttpRequest, { route, faults }: Way): Outcome {
  const { engine, limits } = simulator;
  if (!Object.hasOwn(PRIVATE_ROUTES, route)) {
    return { reply: jsonReply(404, { retCode: 10017, retMsg: textOfCode(10017) }), outcome: '404' };
  }
  if (!hasAuthParameters(request.headers)) return httpError(401, 'Unauthorized');
  const nowMs = skewed(engine.venue.nowMs(), faults);
  const account = admitted(simulator, request, nowMs);
  if (account instanceof Refusal) return refusal(nowMs, account);
  const { grant, ...carried } = carryOut(simulator, { account, route, input: inputOf(request), faults });
  const made = envelope(skewed(engine.venue.nowMs(), faults), carried); // when it leaves, not when the request came
  const reply = carried.retCode === TOO_MANY_VISITS ? { ...made, status: limits.options.refusedStatus } : made;
  return {
    reply: grant === undefined ? reply : { ...reply, headers: { ...reply.headers, ...limitHeaders(grant) } },
    outcome: carried.retCode === 0 ? 'ok' : String(carried.retCode),
  };
}

/** A virtual clock takes timestamps of its own time and of the machine's. */
function admitted(
  { engine, clock }: Simulator,
  { headers, method, query, body, address }: HttpRequest,
  nowMs: number,
): Account | Refusal {
  const payload = method === 'GET' ? Buffer.from(query) : body;
  const clocksMs = clock.isVirtual ? [nowMs, Date.now()] : [nowMs];
  try {
    return authenticate(engine.venue, { headers, payload, address }, clocksMs);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** The exchange's clock as a `clock-skew` fault shows it. */
function skewed(nowMs: number, faults: readonly FaultSpec[]): number {
  return faults.reduce((sum, fault) => (fault.kind === 'clock-skew' ? sum + fault.ms : sum), nowMs);
}

function inputOf({ method, query, body }: HttpRequest): unknown {
  if (method === 'GET') return Object.fromEntries(new URLSearchParams(query));
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function refusal(nowMs: number, { retCode, message }: Refusal): Outcome {
  return { reply: envelope(nowMs, { retCode, retMsg: message }), outcome: String(retCode) };
}

function httpError(status: number, text: string): Outcome {
  return { reply: textReply(status, text), outcome: String(status) };
}

/** The three headers of reference B.3; trade sockets put the same ones into their replies. */
export function limitHeaders(grant: Grant): Record<string, string> {
  return {
    'X-Bapi-Limit': String(grant.limit),
    'X-Bapi-Limit-Status': String(grant.remaining),
    'X-Bapi-Limit-Reset-Timestamp': String(grant.resetAtMs),
  };
}
