import { ExchangeError, LANES, type Lane } from '@backstop/core';
import { PLAN_ID } from '@backstop/core/testing';
import { abandonFlight, beginFlight, type MonitorRef, type Waiter } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { attemptFlight, type Attempt, type AttemptDeps, type Flown } from '../src/attempt-flight.ts';

const REF: MonitorRef = { account: 'main', symbol: 'ALICEUSDT', positionIdx: 0, monitorId: PLAN_ID };
const WAITERS = LANES.map(waiterOn);

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => server.redis.flushdb());

function waiterOn(lane: Lane): Waiter {
  return { ref: REF, lane };
}

/** Makes an attempt whose pilot brings both lanes of a monitor as waiters, or ends as `part` says. */
function attempt(deps: AttemptDeps, part: Partial<Attempt<Flown>> = {}) {
  return attemptFlight(
    {
      account: 'main',
      scope: 'account',
      ttlMs: 60_000,
      lane: 'protective',
      maxWaitMs: 0,
      isOnlyWay: false,
      pilot: async () => ({ waiters: WAITERS }),
      ...part,
    },
    deps,
  );
}

/** What an attempt stands on, and all that it woke and told at level `debug`. */
function aDesk(): AttemptDeps & { readonly woken: Lane[]; readonly told: string[] } {
  const [woken, told]: [Lane[], string[]] = [[], []];
  return {
    redis: server.redis,
    wake: async (_ref, lane) => void woken.push(lane),
    log: {
      warn: () => undefined,
      isLevelEnabled: () => true,
      debug: (_fields, message) => void told.push(message),
    },
    woken,
    told,
  };
}

test('what an attempt brought is its end, and who waited is woken, but not whoever read', async () => {
  const deps = aDesk();
  expect(await attempt(deps)).toEqual({ end: 'flown', flown: { waiters: WAITERS } });
  expect(deps.woken).toEqual(['tp-sl', 'limit-order']);

  await server.redis.flushdb();
  await attempt(deps, { waiter: waiterOn('tp-sl') });
  expect(deps.woken.slice(2)).toEqual(['limit-order']);
  await server.redis.flushdb();
  const other = { ...REF, monitorId: 'other' };
  await attempt(deps, { waiter: { ref: other, lane: 'tp-sl' } });
  expect(deps.woken.slice(3)).toEqual(['tp-sl', 'limit-order']);
});

test('where somebody else reads, or reads rest, an attempt does not begin and says why', async () => {
  const deps = aDesk();
  await beginFlight(server.redis, 'main', 'account', { flightId: 'other', ttlMs: 60_000 });
  expect(await attempt(deps, { pilot: neverReads })).toEqual({ end: 'grounded', why: 'held' });

  await abandonFlight(server.redis, 'main', 'positions', { flightId: 'other', backoffMs: 60_000 });
  expect(await attempt(deps, { pilot: neverReads })).toEqual({
    end: 'grounded',
    why: 'resting',
    forMs: expect.any(Number),
  });
});

test('what went wrong is the end of an attempt: as it was, and as an error of the exchange', async () => {
  const refusal = new ExchangeError('rejected', 'no such listing');
  const refused = await attempt(aDesk(), { pilot: () => Promise.reject(refusal) });
  expect(refused).toEqual({ end: 'crashed', error: refusal, failure: refusal });

  const odd = new TypeError('odd');
  const crashed = await attempt(aDesk(), { pilot: () => Promise.reject(odd) });
  expect(crashed).toMatchObject({ end: 'crashed', error: odd, failure: { reason: 'unavailable', message: 'odd' } });
});

test('who waited for a read is woken although nothing can be told of it', async () => {
  const deps = aDesk();
  const failing = { ...deps, log: { warn: () => undefined, isLevelEnabled: () => true, debug: fails } };
  await expect(attempt(failing)).rejects.toThrow('the log is full');
  expect(deps.woken).toEqual(['tp-sl', 'limit-order']);
});

test('a read is told of, and others who waited for it are woken, although one of them cannot be', async () => {
  const deps = aDesk();
  const wake: AttemptDeps['wake'] = async (ref, lane) => {
    if (lane === 'tp-sl') throw new Error('the queues are away');
    await server.redis.ping(); // later than that
    await deps.wake(ref, lane);
  };
  await expect(attempt({ ...deps, wake })).rejects.toThrow('the queues are away');
  expect(deps.told).toEqual(['read landed', 'read landed']);
  expect(deps.woken).toEqual(['limit-order']);
});

function neverReads(): never {
  throw new Error('nothing is to be read');
}

function fails(): never {
  throw new Error('the log is full');
}
