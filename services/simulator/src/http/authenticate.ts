import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '../engine/model.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Venue } from '../engine/venue.ts';

const STANDARD_RECV_WINDOW_MS = 5_000;
/** How far ahead of the exchange a timestamp may be (reference A.2). */
const MOST_AHEAD_MS = 1_000;

export interface Signed {
  readonly headers: IncomingHttpHeaders;
  /** The raw query string of a GET, the raw body of a POST. */
  readonly payload: Buffer;
}

/** The account a request belongs to, by its key alone; nothing is proven yet. */
export function accountOfKey(venue: Venue, headers: IncomingHttpHeaders): Account | undefined {
  return venue.accountsByKey.get(header(headers, 'x-bapi-api-key'));
}

/**
 * Checks key, timestamp and signature, in this order (reference A.2; the order is unconfirmed): 10003, 10002, 10004.
 * `clocksMs` are the clocks that may accept the timestamp; one has to.
 */
export function authenticate(venue: Venue, { headers, payload }: Signed, clocksMs: readonly number[]): Account {
  const account = accountOfKey(venue, headers);
  if (account === undefined) throw new Refusal(10003, 'API key is invalid.');
  const timestamp = header(headers, 'x-bapi-timestamp');
  const recvWindow = header(headers, 'x-bapi-recv-window');
  const windowMs = recvWindow === '' ? STANDARD_RECV_WINDOW_MS : Number(recvWindow);
  if (!clocksMs.some((nowMs) => isTimely(Number(timestamp || Number.NaN), windowMs, nowMs))) {
    const facts = `req_timestamp[${timestamp}],server_timestamp[${clocksMs[0]}],recv_window[${windowMs}]`;
    throw new Refusal(10002, `invalid request, please check your server timestamp or recv_window param. ${facts}`);
  }
  const origin = Buffer.concat([Buffer.from(`${timestamp}${account.apiKey}${recvWindow}`), payload]);
  if (!isEqual(header(headers, 'x-bapi-sign'), createHmac('sha256', account.secret).update(origin).digest('hex'))) {
    throw new Refusal(10004, `error sign! origin_string[${origin.toString()}]`);
  }
  return account;
}

function isTimely(timestampMs: number, windowMs: number, nowMs: number): boolean {
  return nowMs - windowMs <= timestampMs && timestampMs < nowMs + MOST_AHEAD_MS;
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
