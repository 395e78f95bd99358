import type { Fault } from '@backstop/core';
import type { Notes } from '@backstop/runtime';
import type { Redis } from '@backstop/store';
import { ApiError } from './api-error.ts';
import { isRedisAway } from './is-redis-away.ts';
import type { ErrorBody } from './schemas.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
}

/** Turns whatever was thrown into an answer without a stack: faults of the one who asks by name, ours as one sentence, logged. */
export function answerError(
  error: unknown,
  { log, redis }: { readonly log: Notes; readonly redis: Redis },
): ErrorAnswer {
  if (error instanceof ApiError) return { status: error.statusCode, body: toBody(error.message, error.faults) };

  const status = statusOf(error);
  if (status >= 400 && status < 500 && error instanceof Error) return { status, body: toBody(error.message) };
  if (isRedisAway(error, redis)) return { status: 503, body: toBody('Redis does not answer') };
  log.error({ err: error }, 'request failed');
  return { status: 500, body: toBody('failed: the log of the gateway tells why') };
}

function toBody(error: string, faults: readonly Fault[] = []): ErrorBody {
  return faults.length === 0 ? { error } : { error, faults: [...faults] };
}

function statusOf(error: unknown): number {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : 500;
}
