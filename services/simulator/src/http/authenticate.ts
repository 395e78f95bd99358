import { createHmac, createVerify, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Account } from '../engine/model.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Venue } from '../engine/venue.ts';
import { textOfCode } from './error-texts.ts';

const STANDARD_RECV_WINDOW_MS = 5_000;
/** How far ahead of the exchange a timestamp may be (reference A.2). */
const MOST_AHEAD_MS = 1_000;

export interface Signed {
  readonly headers: IncomingHttpHeaders;
  /** The raw query string of a GET, the raw body of a POST. */
  readonly payload: Buffer;
  readonly address: string;
}

/** The account a request belongs to, by its key alone; nothing is proven yet. */
export function accountOfKey(venue: Venue, headers: IncomingHttpHeaders): Account | undefined {
  return venue.accountsByKey.get(header(headers, 'x-bapi-api-key'));
}

/** Whether key, timestamp and signature are there at all; without them the gateway answers 401 (reference A.4). */
export function hasAuthParameters(headers: IncomingHttpHeaders): boolean {
  return ['x-bapi-api-key', 'x-bapi-timestamp', 'x-bapi-sign'].every((name) => header(headers, name) !== '');
}

/**
 * Checks key, timestamp and signature in the order of the option `gateOrder`, then expiry and address (reference A.2): 10003,
 * 10002, 10004, 33004, 10010. `clocksMs` are the clocks that may accept the timestamp; one has to.
 */
export function authenticate(venue: Venue, signed: Signed, clocksMs: readonly number[]): Account {
  const { headers, address } = signed;
  const { gateOrder } = venue.options;
  if (gateOrder === 'timestamp-key-signature') checkTimestamp(headers, clocksMs);
  const account = accountOfKey(venue, headers);
  if (account === undefined) throw new Refusal(10003, textOfCode(10003));
  if (gateOrder === 'key-timestamp-signature') checkTimestamp(headers, clocksMs);
  checkSignature(account, signed);
  if (gateOrder === 'key-signature-timestamp') checkTimestamp(headers, clocksMs);
  checkKey(account, address, venue.nowMs());
  return account;
}

/** 33004 for a key that has expired, 10010 for an address that it is not bound to. */
export function checkKey({ key }: Account, address: string, nowMs: number): void {
  if (key.expiresAtMs > 0 && nowMs >= key.expiresAtMs) throw new Refusal(33004, textOfCode(33004));
  const plainAddress = address.replace(/^::ffff:/, '');
  if (key.ips.length > 0 && !key.ips.includes(plainAddress)) throw new Refusal(10010, textOfCode(10010));
}

/** Accepted: server - window <= timestamp < server + 1 s (reference A.2). */
export function checkTimestamp(headers: IncomingHttpHeaders, clocksMs: readonly number[]): void {
  const timestamp = header(headers, 'x-bapi-timestamp');
  const recvWindow = header(headers, 'x-bapi-recv-window');
  const windowMs = recvWindow === '' ? STANDARD_RECV_WINDOW_MS : Number(recvWindow);
  if (clocksMs.some((nowMs) => isTimely(Number(timestamp), windowMs, nowMs))) return;
  const facts = `req_timestamp[${timestamp}],server_timestamp[${clocksMs[0]}],recv_window[${windowMs}]`;
  throw new Refusal(10002, `invalid request, please check your server timestamp or recv_window param. ${facts}`);
}

function checkSignature(account: Account, { headers, payload }: Signed): void {
  const facts = `${header(headers, 'x-bapi-timestamp')}${account.apiKey}${header(headers, 'x-bapi-recv-window')}`;
  const origin = Buffer.concat([Buffer.from(facts), payload]);
  if (!isSignedBy(account, origin, header(headers, 'x-bapi-sign')))
    throw new Refusal(10004, `error sign! origin_string[${origin.toString()}]`);
}

/** HMAC-SHA256 in lower-case hex, or RSA-SHA256 in base64 when the key has a public half. */
export function isSignedBy({ secret, key }: Account, origin: Buffer, signature: string): boolean {
  if (key.rsaPublicKey === '') return isEqual(signature, createHmac('sha256', secret).update(origin).digest('hex'));
  try {
    return createVerify('RSA-SHA256').update(origin).verify(key.rsaPublicKey, signature, 'base64');
  } catch {
    return false;
  }
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
