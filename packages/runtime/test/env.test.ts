import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, readEnv } from '../src/index.ts';

const schema = z.object({
  REDIS_URL: z.url(),
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(200).default(20),
  API_SECRET: z.string().min(8),
});

test('a complete environment is read with its defaults', () => {
  const env = readEnv(schema, { REDIS_URL: 'redis://localhost:1', API_SECRET: 'long enough', HOME: '/root' });
  expect(env).toEqual({ REDIS_URL: 'redis://localhost:1', API_SECRET: 'long enough', WORKER_CONCURRENCY: 20 });
});

test('all faults come at once, each with its variable', () => {
  expect(() => readEnv(schema, { WORKER_CONCURRENCY: '900', API_SECRET: 'short' })).toThrow(
    expect.toSatisfy(
      (error) =>
        error instanceof ConfigError &&
        /REDIS_URL: not set[^]*WORKER_CONCURRENCY: [^]*API_SECRET: /.test(error.message),
    ),
  );
});

test('an empty variable counts as unset', () => {
  expect(() => readEnv(schema, { REDIS_URL: '', API_SECRET: 'long enough' })).toThrow('REDIS_URL: not set');
});

test('a fault does not repeat the value, which may be a secret', () => {
  expect(() => readEnv(schema, { REDIS_URL: 'redis://localhost:1', API_SECRET: 'hunter2' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  );
});
