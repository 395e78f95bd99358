import { afterEach, expect, test, vi } from 'vitest';
import { counterexample } from '../testing/index.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a property tells the same stories in each run, and others where FC_SEED asks for them', () => {
  vi.stubEnv('FC_SEED', '');
  const own = seedOfFailure();
  expect(seedOfFailure()).toBe(own);

  vi.stubEnv('FC_SEED', '7');
  expect(seedOfFailure()).toBe('7');
  vi.stubEnv('FC_SEED', 'random');
  expect(new Set([own, seedOfFailure(), seedOfFailure()]).size).toBe(3);
});

test('what is broken is told with the story, and an FC_SEED that is no seed is refused', () => {
  expect(failure()).toContain('all of it');
  vi.stubEnv('FC_SEED', 'yesterday');
  expect(failure).toThrow('FC_SEED must be a whole number or random, not yesterday');
});

function failure(): string {
  return counterexample({ maxSteps: 2 }, () => ({ atEnd: () => ['all of it'] }));
}

function seedOfFailure(): string | undefined {
  return /seed: (-?\d+)/.exec(failure())?.[1];
}
