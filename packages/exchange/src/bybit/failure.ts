import { ExchangeError, type FailureReason } from '@backstop/core';

/** A read can be repeated at will; a write that got no clear answer may have taken effect. */
export type Effect = 'read' | 'write';

export interface Refusal {
  readonly code: number;
  /** Already redacted. */
  readonly text: string;
  readonly effect: Effect;
  /** Until the rate limit's window ends, ms, from the reply's headers. */
  readonly resetInMs?: number | undefined;
}

/** After HTTP 403 the address stays blocked for at least 10 minutes (reference B.1). */
const ADDRESS_BLOCKED_MS = 600_000;
const RATE_LIMITED_MS = 1_000;
const PROCESSING_MS = 500;
const SETTLING_MS = 5_000;

/** The service gave up, not the order: on a write the outcome is open (reference A.5). */
const UNDECIDED: ReadonlySet<number> = new Set([429, 10000, 10014, 10016, 10019]);

const REASONS: ReadonlyMap<number, FailureReason> = new Map<number, FailureReason>([
  [10002, 'clock'],
  [10003, 'credentials'],
  [10004, 'credentials'],
  [10005, 'credentials'],
  [10006, 'rate-limited'],
  [10007, 'credentials'],
  [10010, 'credentials'],
  [10018, 'address-blocked'],
  [33004, 'credentials'],
  [34039, 'not-modified'],
  [34040, 'not-modified'],
  [40004, 'unavailable'],
  [110001, 'unknown-order'],
  [110008, 'unknown-order'],
  [110010, 'unknown-order'],
  [110017, 'no-capacity'],
  [110034, 'no-position'],
  [110059, 'partly-filled'],
  [110063, 'unavailable'],
  [110064, 'below-filled'],
  [110072, 'duplicate-link-id'],
  [110079, 'unavailable'],
  [110092, 'through-market'],
  [110093, 'through-market'],
]);

/** 10001 stands for many things that only its text tells apart (reference A.6); the one place where text is matched. */
const PARAMETER_ERRORS: readonly (readonly [RegExp, FailureReason])[] = [
  [/not modified/i, 'not-modified'],
  [/zero position/i, 'no-position'],
  [/base_price|trigger_price/i, 'through-market'],
];

const RETRY_AFTER_MS: ReadonlyMap<number, number> = new Map([
  [10018, ADDRESS_BLOCKED_MS],
  [40004, PROCESSING_MS],
  [110063, SETTLING_MS],
  [110079, PROCESSING_MS],
]);

/** What a retCode other than 0 means, of a whole reply or of one item of a batch. */
export function refused({ code, text, effect, resetInMs }: Refusal): ExchangeError {
  const retryAfterMs = code === 10006 ? (resetInMs ?? RATE_LIMITED_MS) : RETRY_AFTER_MS.get(code);
  return new ExchangeError(reasonOf(code, text, effect), `${code}: ${text}`, {
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function reasonOf(code: number, text: string, effect: Effect): FailureReason {
  if (UNDECIDED.has(code)) return undecided(effect);
  if (code === 10001) return PARAMETER_ERRORS.find(([pattern]) => pattern.test(text))?.[1] ?? 'rejected';
  return REASONS.get(code) ?? 'rejected';
}

/**
 * What an HTTP status other than 200 means. 4xx comes from the gateway, before anything is done (reference A.4); of a 5xx, a
 * 408 and a 2xx without a proper reply nobody knows.
 */
export function failedHttp(status: number, effect: Effect): ExchangeError {
  const retryAfterMs = HTTP_RETRY_AFTER_MS.get(status);
  const isOpen = status >= 500 || status === 408 || status < 300;
  const reason = isOpen ? undecided(effect) : (HTTP_REASONS.get(status) ?? 'rejected');
  return new ExchangeError(reason, `HTTP ${status}`, {
    code: status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

const HTTP_REASONS: ReadonlyMap<number, FailureReason> = new Map<number, FailureReason>([
  [401, 'credentials'],
  [403, 'address-blocked'],
  [429, 'unavailable'],
]);

const HTTP_RETRY_AFTER_MS: ReadonlyMap<number, number> = new Map([
  [403, ADDRESS_BLOCKED_MS],
  [429, RATE_LIMITED_MS],
]);

/** The reason when the reply is missing or makes no sense: nobody knows what became of a write. */
export function undecided(effect: Effect): FailureReason {
  return effect === 'write' ? 'unknown' : 'unavailable';
}

/** Failures of looking up and connecting: no byte of the request left, so even a write is known not to have happened. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** True when the connection was never made. `code` is the system's ("ECONNREFUSED"). */
export function isUnconnected(code: string): boolean {
  return NOT_CONNECTED.has(code);
}

/** What it means that a request got no reply; `code` as above, "" where there was none. */
export function unanswered(code: string, effect: Effect): ExchangeError {
  if (isUnconnected(code)) return new ExchangeError('unavailable', `could not connect: ${code}`);
  return new ExchangeError(undecided(effect), code === '' ? 'no reply' : `no reply: ${code}`);
}
