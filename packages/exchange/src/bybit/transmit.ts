import { createHmac } from 'node:crypto';
import { type Departure, ExchangeError } from '@backstop/core';
import { RestClientV5 } from 'bybit-api';
import { CarriedClient } from './carried-client.ts';
import { Deadline } from './deadline.ts';
import { type Effect, failedHttp, isUnconnected, refused, unanswered, undecided } from './failure.ts';
import { type Credentials, redact } from './redact.ts';
import { type Reply, replySchema, resetInMs } from './reply.ts';
import type { Request, Wire } from './wire.ts';

/** `reply` may be there beside an error: a refusal is a reply too. */
type Judged = {
  /** ok, a retCode, `http-<status>`, timeout, aborted, reset, unreachable, malformed, not-sent. */
  readonly outcome: string;
} & ({ readonly reply: Reply; readonly error?: undefined } | { readonly reply?: Reply; readonly error: ExchangeError });

/** What became of one request. */
export type Attempt = Judged & {
  /** From the signature to the reply, ms; 0 when nothing was sent. */
  readonly durationMs: number;
  /** Our clock. */
  readonly repliedAtMs: number;
};

/** How long the exchange accepts a stamp, ms (S-32). Short for writes, so that a paused worker's request dies (S-29). */
const RECV_WINDOW_MS: Readonly<Record<Effect, number>> = { write: 2_000, read: 5_000 };
/** What of it is kept for the way to the exchange and for the difference of the clocks. */
const WAY_MS = 500;

/**
 * Stamps, signs and sends one request over a socket that is free. Never rejects.
 *
 * Its budget is looked at twice: before `beforeSend`, so that what is refused leaves no intent, and in the last moment before
 * the signature, so that a process that stalls anywhere up to there does not send late what it was granted early. A stall after
 * the signature cannot be taken back: the bytes are in the kernel's hands. Up to the margin of our windows over the exchange's it
 * does no harm, and beyond that `Departure.arrived` has the call count from its reply on.
 */
export async function transmit(wire: Wire, request: Request, departure?: Departure): Promise<Attempt> {
  using held = new DisposableStack();
  const deadline = held.use(new Deadline(request.signal));
  let stampedAt = 0;
  let departedAt: number | undefined;
  const depart = async (): Promise<void> => {
    await departure?.depart();
    await request.beforeSend?.();
    await departure?.depart();
    request.signal.throwIfAborted();
    refuseOldStamp(performance.now() - stampedAt, request.effect);
    departedAt = performance.now();
    deadline.start(wire.timeoutMs[request.effect]);
  };
  const done = (judged: Judged): Attempt => {
    const durationMs = departedAt === undefined ? 0 : performance.now() - departedAt;
    return { ...judged, durationMs, repliedAtMs: wire.nowMs() };
  };

  try {
    held.use(await wire.pool.slot(request.effect, request.signal));
    const sdk = client(wire, request.effect, { depart, signal: deadline.signal });
    stampedAt = performance.now();
    if (request.endpoint === 'market') await depart(); // public: the SDK does not sign it
    return done(judgeReply(await request.call(sdk), wire, request));
  } catch (error) {
    if (departedAt === undefined) return done({ outcome: 'not-sent', error: notSent(error, wire.credentials) });
    return done(judgeFailure(error, deadline, request));
  }
}

/**
 * A stamp that has less than the usual way left of its time would be refused on arrival, and count as a call. This is all that
 * bounds the time between stamp and signature, in every lane: 1.5 s for a write, 4.5 s for a read. The deadline of an intent
 * stands whatever the bound, since it counts from after the stamp (S-29).
 */
function refuseOldStamp(ageMs: number, effect: Effect): void {
  if (ageMs <= RECV_WINDOW_MS[effect] - WAY_MS) return;
  throw new ExchangeError('not-sent', `stamped ${Math.round(ageMs)} ms before its signature`);
}

/** The error of a request that our own side stopped before it was signed. */
export function notSent(cause: unknown, credentials: Credentials | undefined): ExchangeError {
  if (cause instanceof ExchangeError && cause.reason === 'not-sent') return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const retryAfterMs = cause instanceof ExchangeError ? cause.retryAfterMs : undefined;
  return new ExchangeError('not-sent', `not sent: ${redact(text, credentials)}`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/**
 * A client for one request: the SDK takes the abort signal and the signing function per client only, and making one costs
 * less than a microsecond. Redirects are not followed and no proxy is used: a signed request goes where it was meant to.
 */
function client(
  { baseUrl, credentials, pool, carrier, courier }: Wire,
  effect: Effect,
  { depart, signal }: { readonly depart: () => Promise<void>; readonly signal: AbortSignal },
): RestClientV5 {
  const customSignMessageFn = async (message: string, secret: string): Promise<string> => {
    await depart();
    return createHmac('sha256', secret).update(message).digest('hex');
  };
  const { apiKey = '', secret = '' } = credentials ?? {};
  if (courier !== undefined) {
    const sign = (message: string): Promise<string> => customSignMessageFn(message, secret);
    return new CarriedClient({ apiKey, recvWindowMs: RECV_WINDOW_MS[effect], sign, courier, signal });
  }
  return new RestClientV5(
    {
      ...(credentials !== undefined && { key: credentials.apiKey, secret: credentials.secret }),
      baseUrl,
      recv_window: RECV_WINDOW_MS[effect],
      customSignMessageFn,
      parseAPIRateLimits: true,
      parse_exceptions: false,
    },
    {
      ...(carrier === undefined ? { httpAgent: pool.httpAgent, httpsAgent: pool.httpsAgent } : { adapter: carrier }),
      proxy: false,
      maxRedirects: 0,
      timeout: 0,
      signal,
    },
  );
}

function judgeReply(body: unknown, wire: Wire, { effect }: Request): Judged {
  const parsed = replySchema.safeParse(body);
  if (!parsed.success) {
    return { outcome: 'malformed', error: new ExchangeError(undecided(effect), 'the reply is not a V5 envelope') };
  }
  const reply = parsed.data;
  const { retCode, retMsg } = reply;
  if (retCode === 0) return { outcome: 'ok', reply };

  const text = redact(retMsg, wire.credentials);
  return {
    outcome: String(retCode),
    reply,
    error: refused({ code: retCode, text, effect, resetInMs: resetInMs(reply, wire.nowMs()) }),
  };
}

/**
 * Reads the few harmless fields of what the SDK throws; the rest carries key, secret and signature and goes no further
 * (reference F.5).
 */
function judgeFailure(thrown: unknown, deadline: Deadline, { effect, signal }: Request): Judged {
  if (deadline.expired) return { outcome: 'timeout', error: unanswered('timeout', effect) };
  if (signal.aborted) {
    const reason = effect === 'write' ? 'unknown' : 'not-sent';
    return { outcome: 'aborted', error: new ExchangeError(reason, 'aborted before the reply') };
  }
  const status = statusOf(thrown);
  if (status !== undefined) return { outcome: `http-${status}`, error: failedHttp(status, effect) };

  const code = systemCodeOf(thrown);
  return { outcome: isUnconnected(code) ? 'unreachable' : 'reset', error: unanswered(code, effect) };
}

function statusOf(thrown: unknown): number | undefined {
  const response = field(thrown, 'response') ?? thrown;
  const status = field(response, 'status');
  return typeof status === 'number' ? status : undefined;
}

function systemCodeOf(thrown: unknown): string {
  const code = field(thrown, 'code');
  return typeof code === 'string' ? code : '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
