import {
  auditAccount,
  auditExecutions,
  auditPositions,
  openReceipts,
  reconcileAccount,
  refreshAccount,
} from '@backstop/desk';
import {
  accountKeys,
  beginFlight,
  executionCursor,
  holdStreams,
  markSynced,
  openSession,
  peekCheck,
  redisTimeMs,
  type MonitorRef,
} from '@backstop/store';
import { expect, test } from 'vitest';
import { restingPlan } from '../support/plans.ts';
import { strike } from '../support/site.ts';
import { SOON } from '../support/streams.ts';
import { allCalls, countCalls } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const SIGNAL = AbortSignal.timeout(60_000);
const MAIN = { account: 'main', session: 'session-1', signal: SIGNAL };
const HELD = { flightId: 'of another process', ttlMs: 20_000 };

async function parts() {
  const { exchangeOf, installation } = await rig().seat();
  const { redis, log } = rig();
  return { redis, log, installation, exchangeOf, receipts: openReceipts(), wake: () => Promise.resolve() };
}

async function buy(ref: MonitorRef, qty: string): Promise<void> {
  await rig().venue.trade({ account: 'main', symbol: ref.symbol, side: 'Buy', qty, orderType: 'Market' });
}

async function sessionOpened(): Promise<void> {
  await holdStreams(rig().redis, 'stream-1', [{ account: 'main', session: '' }], 60_000);
  await openSession(rig().redis, 'main', 'stream-1', 'session-1');
}

/** Rows that a live stream vouches for, which is not told of anything. */
async function vouchedRows(ref: MonitorRef): Promise<void> {
  const { redis } = rig();
  await sessionOpened();
  await reconcileAccount(MAIN, await parts());
  await markSynced(redis, ref.account, 'stream-1', 'session-1');
  expect((await peekCheck(redis, ref)).position).toMatchObject({ vouched: true });
}

test.each(['account', 'executions'] as const)(
  'a reconciliation does not count a read of the %s that began before it: it makes its own',
  async (scope) => {
    const { redis, venue } = rig();
    const ref = await rig().accept(restingPlan('main', 0));
    await buy(ref, '3');
    await sessionOpened();
    const calls = allCalls(await venue.truth());
    await beginFlight(redis, 'main', scope, { flightId: 'of another process', ttlMs: 300 });
    const heldUntilMs = (await redisTimeMs(redis)) + 290;
    await reconcileAccount(MAIN, await parts());
    expect(await redisTimeMs(redis)).toBeGreaterThan(heldUntilMs);

    const truth = await venue.truth();
    expect(countCalls(truth, 'position/list')).toBe(1);
    expect(countCalls(truth, 'execution/list')).toBe(1);
    expect(allCalls(truth) - calls).toBe(4);
    const { position, orders, executed } = await peekCheck(redis, ref);
    expect([position.kind, orders.kind, [...executed.keys()]]).toEqual(['row', 'row', ['external-in']]);
  },
);

test('what others have read of the account since the session was opened is not read again', async () => {
  const { redis, venue } = rig();
  const ref = await rig().accept(restingPlan('main', 0));
  const deps = await parts();
  await holdStreams(redis, 'stream-1', [{ account: 'main', session: '' }], 60_000);
  expect(await refreshAccount('main', SIGNAL, deps)).toBe('read'); // before it
  await openSession(redis, 'main', 'stream-1', 'session-1');
  expect(await refreshAccount('main', SIGNAL, deps)).toBe('read');
  await reconcileAccount(MAIN, deps);
  expect(countCalls(await venue.truth(), 'position/list')).toBe(2);

  await openSession(redis, 'main', 'stream-1', 'session-2');
  await reconcileAccount({ ...MAIN, session: 'session-2' }, deps);
  expect(countCalls(await venue.truth(), 'position/list')).toBe(3);
  await markSynced(redis, 'main', 'stream-1', 'session-2');
  expect(await peekCheck(redis, ref)).toMatchObject({ position: { vouched: true }, orders: { vouched: true } });
});

test('a listing that cannot be read is no reason for others to rest', async () => {
  const { redis } = rig();
  const ref = await rig().accept(restingPlan('main', 0));
  await strike(rig(), { kind: 'refusal', account: 'main', endpoint: 'position/list', retCode: 10001, count: 1 });
  await strike(rig(), { kind: 'latency', account: 'main', endpoint: 'position/list', ms: 1_500, count: 1 });
  const waits = async (): Promise<void> => {
    await expect.poll(async () => (await rig().venue.hits())[1], SOON).toBe(1); // its read is under way
    await redis.del(accountKeys('main').due('tp-sl'));
    await beginFlight(redis, 'main', 'account', { ...HELD, waiter: { ref, lane: 'tp-sl' } });
  };
  const [reconciled] = await Promise.all([Promise.allSettled([reconcileAccount(MAIN, await parts())]), waits()]);
  expect(reconciled).toMatchObject([{ status: 'rejected', reason: { reason: 'rejected' } }]);
  const [, dueMs] = await redis.zrange(accountKeys('main').due('tp-sl'), 0, '-1', 'WITHSCORES');
  expect(Number(dueMs)).toBeLessThanOrEqual(await redisTimeMs(redis)); // who waited for it looks again
  expect(await beginFlight(rig().redis, 'main', 'account', HELD)).toMatchObject({ won: true });
});

test('a reconciliation that fails says so, and after an outage of the exchange reads of the account rest', async () => {
  await sessionOpened();
  await rig().venue.fault({ kind: 'http-500', account: 'main', endpoint: 'position/list', count: 1 });
  await expect(reconcileAccount(MAIN, await parts())).rejects.toMatchObject({ reason: 'unavailable' });
  expect(await beginFlight(rig().redis, 'main', 'account', HELD)).toMatchObject({ failedUntilMs: expect.any(Number) });
  await reconcileAccount(MAIN, await parts()); // it waits until they have rested
  expect(await beginFlight(rig().redis, 'main', 'account', HELD)).toMatchObject({ won: true });
});

test('rows that took so long that nothing would vouch for them are no reconciliation', async () => {
  await sessionOpened();
  await rig().venue.fault({ kind: 'latency', account: 'main', endpoint: 'position/list', ms: 500 });
  const deps = await parts();
  const newSession = async (): Promise<void> => {
    await expect.poll(async () => (await rig().venue.hits())[0], SOON).toBe(1);
    await openSession(rig().redis, 'main', 'stream-1', 'session-2');
  };
  const [reconciled] = await Promise.all([Promise.allSettled([reconcileAccount(MAIN, deps)]), newSession()]);
  expect(reconciled).toMatchObject([{ status: 'rejected', reason: { message: expect.stringContaining('too long') } }]);
});

test('a reconciliation that is ended leaves no back-off to others', async () => {
  await rig().venue.fault({ kind: 'latency', account: 'main', endpoint: 'position/list', ms: 3_000 });
  const ending = new AbortController();
  const abortOnceHit = async (): Promise<void> => {
    await expect.poll(async () => (await rig().venue.hits())[0], SOON).toBe(1);
    ending.abort();
  };
  const [reconciled] = await Promise.all([
    Promise.allSettled([reconcileAccount({ ...MAIN, signal: ending.signal }, await parts())]),
    abortOnceHit(),
  ]);
  expect(reconciled).toMatchObject([{ status: 'rejected' }]);
  expect(await beginFlight(rig().redis, 'main', 'account', HELD)).toMatchObject({ won: true });
});

test('an audit reads nothing while somebody else does, or while reads of the account rest', async () => {
  const deps = await parts();
  const calls = allCalls(await rig().venue.truth());
  for (const scope of ['positions', 'account', 'executions'] as const)
    await beginFlight(rig().redis, 'main', scope, HELD);
  expect(await auditPositions('main', SIGNAL, deps)).toBe(undefined);
  expect(await auditAccount('main', SIGNAL, deps)).toBe(undefined);
  expect(await auditExecutions('main', SIGNAL, deps)).toBe(false);
  expect(allCalls(await rig().venue.truth())).toBe(calls);
});

test('an audit of the positions finds what no frame has told, puts it right and leaves the orders as they are', async () => {
  const { redis, venue } = rig();
  const ref = await rig().accept(restingPlan('main', 0));
  await vouchedRows(ref);
  const deps = await parts();
  expect(await auditPositions('main', SIGNAL, deps)).toEqual([]);

  await buy(ref, '3');
  const before = await peekCheck(redis, ref);
  const orderCalls = countCalls(await venue.truth(), 'order/realtime');
  await redis.del(accountKeys('main').due('tp-sl'));
  const place = { symbol: ref.symbol, positionIdx: ref.positionIdx };
  expect(await auditPositions('main', SIGNAL, deps)).toEqual([{ kind: 'positions', ...place }]);
  const after = await peekCheck(redis, ref);
  expect(after.position).toMatchObject({ value: { size: 3n * 10n ** 12n }, vouched: true });
  expect(after.orders).toEqual(before.orders);
  expect(countCalls(await venue.truth(), 'order/realtime')).toBe(orderCalls);
  expect(await redis.zcard(accountKeys('main').due('tp-sl'))).toBe(1);
});

test('an audit of the account finds orders too, and one of the executions moves the start of the next read on', async () => {
  const { redis, venue } = rig();
  const ref = await rig().accept(restingPlan('main', 0));
  await vouchedRows(ref);
  const deps = await parts();
  expect(await auditAccount('main', SIGNAL, deps)).toEqual([]);

  const order = {
    account: 'main',
    symbol: ref.symbol,
    side: 'Buy',
    qty: '1',
    orderType: 'Limit',
    price: '70',
  } as const;
  await venue.trade(order);
  const place = { symbol: ref.symbol, positionIdx: ref.positionIdx };
  expect(await auditAccount('main', SIGNAL, deps)).toEqual([{ kind: 'orders', ...place }]);

  const cursorMs = (await executionCursor(redis, 'main')) ?? 0;
  await buy(ref, '3');
  expect(await auditExecutions('main', SIGNAL, deps)).toBe(true);
  expect(await executionCursor(redis, 'main')).toBeGreaterThan(cursorMs);
  expect([...(await peekCheck(redis, ref)).executed.keys()]).toEqual(['external-in']);
});
