import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { RunError } from '../up/run-error.ts';
import type { ProbeOptions } from './probe-options.ts';

const LIMIT_MS = 10_000;
const RECV_WINDOW_MS = '5000';

export type Row = Readonly<Record<string, unknown>>;

/** An answer as it came: what a probe looks at is exactly what an adapter would hide. */
export interface Reply {
  readonly status: number;
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: Row;
  readonly list: readonly Row[];
}

/** What a request may have wrong on purpose. */
export interface Twist {
  readonly apiKey?: string;
  readonly aheadMs?: number;
  readonly signature?: string;
}

export interface Wire {
  get: (endpoint: string, query: Readonly<Record<string, string>>, twist?: Twist) => Promise<Reply>;
  post: (endpoint: string, body: Row) => Promise<Reply>;
}

const envelope = z.object({
  retCode: z.number(),
  retMsg: z.string(),
  result: z.record(z.string(), z.unknown()).nullish(),
});
const listing = z.object({ list: z.array(z.record(z.string(), z.unknown())) });

/** Signed requests (reference A.2), each within 10 s and without following a redirect; all end when `signal` aborts. Throws a RunError when no answer comes. */
export function openWire({ url, apiKey, secret }: ProbeOptions, signal?: AbortSignal): Wire {
  const sign = (payload: string, twist: Twist = {}): Record<string, string> => {
    const key = twist.apiKey ?? apiKey;
    const timestamp = String(Date.now() + (twist.aheadMs ?? 0));
    const origin = `${timestamp}${key}${RECV_WINDOW_MS}${payload}`;
    return {
      'X-BAPI-API-KEY': key,
      'X-BAPI-TIMESTAMP': timestamp,
      'X-BAPI-RECV-WINDOW': RECV_WINDOW_MS,
      'X-BAPI-SIGN': twist.signature ?? createHmac('sha256', secret).update(origin).digest('hex'),
    };
  };
  const send = async (path: string, init: RequestInit): Promise<Reply> => {
    const limit = AbortSignal.any([...(signal === undefined ? [] : [signal]), AbortSignal.timeout(LIMIT_MS)]);
    const wanted = { ...init, redirect: 'error', signal: limit } as const;
    const response = await fetch(`${new URL(url).origin}/v5/${path}`, wanted).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new RunError(`no answer from ${new URL(url).host}: ${reasonOf(error)}`);
    });
    return replyOf(response.status, await response.text());
  };
  return {
    get: (endpoint, query, twist) => {
      const text = new URLSearchParams(query).toString();
      return send(`${endpoint}?${text}`, { headers: sign(text, twist) });
    },
    post: (endpoint, body) => {
      const text = JSON.stringify(body);
      const headers = { ...sign(text), 'content-type': 'application/json' };
      return send(endpoint, { method: 'POST', headers, body: text });
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `nothing within ${LIMIT_MS / 1_000} s`;
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}

/** A field of a row; "" when there is none, or when it is no text. */
export function textOf(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}

/** A body that is no envelope (403, 5xx) counts as retCode -1. */
function replyOf(status: number, text: string): Reply {
  const parsed = envelope.safeParse(jsonOf(text));
  if (!parsed.success) return { status, retCode: -1, retMsg: `HTTP ${status}`, result: {}, list: [] };
  const { retCode, retMsg, result } = parsed.data;
  return { status, retCode, retMsg, result: result ?? {}, list: listing.safeParse(result).data?.list ?? [] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
