import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Credentials } from '../redact.ts';

/** Exactly the all-in-one names: mixed with those of a category, the whole subscription is refused (reference D.2). */
const TOPICS = ['order', 'position', 'execution'];
/** How long the exchange takes the signature for, ms. */
const AUTH_WINDOW_MS = 10_000;

export const PING = JSON.stringify({ op: 'ping' });
export const SUBSCRIBE = JSON.stringify({ op: 'subscribe', args: TOPICS });

/** Signs in (reference A.7). `nowMs` by our clock. */
export function authMessage({ apiKey, secret }: Credentials, nowMs: number): string {
  const expiresMs = nowMs + AUTH_WINDOW_MS;
  const signature = createHmac('sha256', secret).update(`GET/realtime${expiresMs}`).digest('hex');
  return JSON.stringify({ op: 'auth', args: [apiKey, expiresMs, signature] });
}

const opReply = z.object({ op: z.string(), success: z.boolean(), ret_msg: z.string().default('') });

/** What the exchange answers to `auth` and `subscribe` (reference A.7, D.2). */
export type OpReply = z.output<typeof opReply>;

/** `undefined` for pongs, which say no `success` here, and for what is no answer. */
export function toOpReply(message: unknown): OpReply | undefined {
  return opReply.safeParse(message).data;
}
