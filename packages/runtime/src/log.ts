import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type Log = Logger;

/** What a log can tell beside what everybody wants to know. A log without these two tells nothing of it. */
export interface Details {
  readonly isLevelEnabled?: (level: string) => boolean;
  readonly debug?: (fields: object, message: string) => void;
}

/** The least that a log can do: fields, then a constant message. Every Log is one. */
export interface Notes extends Details {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  /** Bound to each line, e.g. `worker-1`. */
  readonly service: string;
  readonly level?: LogLevel;
  /** stdout unless a program's output is for something else. */
  readonly to?: 'stdout' | 'stderr' | DestinationStream;
}

const SECRET_KEYS = [
  'apiKey',
  'api_key',
  'secret',
  'apiSecret',
  'api_secret',
  'sign',
  'signature',
  'password',
  'authorization',
];
const SECRET_HEADERS = ['["X-BAPI-API-KEY"]', '["X-BAPI-SIGN"]', '["x-bapi-api-key"]', '["x-bapi-sign"]'];
/** How deep a secret is looked for under the fields of a line. */
const DEPTH = 4;

/**
 * Opens a JSON log: constant lower-case message, data in fields, time in ms. Whatever stands under a name of a secret is
 * blotted out, and of an error only type, message, stack, reason, code and cause are written: SDK errors carry their options.
 */
export function openLog({ service, level = 'info', to = 'stdout' }: LogOptions): Log {
  const options = {
    level,
    base: { service },
    redact: { paths: secretPaths(), censor: '[redacted]' },
    serializers: { err: describeError, error: describeError },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (typeof to !== 'string') return pino(options, to);
  return pino(options, pino.destination({ dest: to === 'stdout' ? 1 : 2, sync: true }));
}

/**
 * Tells at level `debug` what only those want to know who look for it: so much that it is not for a run of every day. Where
 * that level is off it costs one look at the level, and the fields are not even made: each is a line.
 */
export function tellDetails(log: Details, message: string, lines: () => readonly object[]): void {
  if (log.isLevelEnabled?.('debug') !== true) return;
  for (const fields of lines()) log.debug?.(fields, message);
}

/** What may be told of an error: an allow-list, so that no option, header or key gets out. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error, message: 'a value that is no error was thrown' };
  const reason: unknown = Reflect.get(error, 'reason');
  const code: unknown = Reflect.get(error, 'code');
  return {
    type: error.name,
    message: error.message,
    ...(isPlain(reason) ? { reason } : {}),
    ...(isPlain(code) ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function secretPaths(): string[] {
  return Array.from({ length: DEPTH }, (_, depth) => '*.'.repeat(depth)).flatMap((prefix) => [
    ...SECRET_KEYS.map((key) => `${prefix}${key}`),
    ...SECRET_HEADERS.map((header) => `${prefix.replace(/\.$/, '')}${header}`),
  ]);
}
