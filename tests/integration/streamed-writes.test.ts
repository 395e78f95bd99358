import { decimal } from '@backstop/core';
import { activePlans, bookExecutions } from '@backstop/desk';
import {
  accountKeys,
  bucketOf,
  endSession,
  holdStreams,
  listActive,
  markSynced,
  openSession,
  patchRows,
  putPrices,
  redisTimeMs,
  setDueNow,
  slotOf,
  toMember,
  type MonitorRef,
} from '@backstop/store';
import { describe, expect, test } from 'vitest';
import { planOn } from '../support/plans.ts';
import { protect, SOON } from '../support/protect.ts';
import type { Seat } from '../support/seat.ts';
import { openStreamSeat, untilSynced } from '../support/streams.ts';
import { countCalls, listingCalls, openLegs, openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

/** Checks of an account whose stream is mostly made by hand: it brings what the exchange lists, when the test says so. */
const rig = useRig();
const OWNER = 'by hand';
const LADDER = { legs: ['e1', 't1', 't2', 't3', 't4'] } as const;

describe('TP1 fills: a check moves the stop and cancels the entry that rests', () => {
  test('no listing is read after it, once the frames of its writes have come', async () => {
    const { seat, ref, stream, reads } = await takeProfitFilled();
    await stream.executions();
    await stream.rows();
    expect(await seat.check(ref)).toBe('acted');
    await stream.rows();

    const facts = await seat.facts(seat.claim(ref));
    expect(facts).toMatchObject({ dirty: false, unsettledUntilMs: undefined, snapshot: { streamed: true } });
    await untilNothingChanges(seat, ref);
    const truth = await rig().venue.truth();
    expect(openLegs(truth, ref)).toEqual(['t2', 't3', 't4']);
    expect(Number(openPosition(truth, ref)?.stopLoss)).toBeGreaterThan(100);
    expect(reads()).toEqual({});
    expect(seat.staleDecisions()).toBe(0);
  });

  test('S-13 its frames are waited for, a second at most, and one read stands in for those that do not come', async () => {
    const { seat, ref, stream, reads } = await takeProfitFilled();
    await stream.executions();
    await stream.rows();
    expect(await seat.check(ref)).toBe('acted');
    await writtenJustNow(ref);
    expect(await seat.check(ref)).toBe('waiting');
    expect(reads()).toEqual({});

    await expect.poll(() => seat.read(ref), SOON).toMatchObject({ kind: 'facts', dirty: false });
    expect(reads()).toEqual({ symbol: 1 });
  });

  test('its rows are read at once where the stream is lost meanwhile', async () => {
    const { seat, ref, stream, reads } = await takeProfitFilled();
    await stream.executions();
    await stream.rows();
    expect(await seat.check(ref)).toBe('acted');
    await endSession(rig().redis, ref.account, OWNER, 'the test wants it');

    expect(await seat.read(ref)).toMatchObject({ kind: 'facts', dirty: false });
    expect(reads()).toMatchObject({ symbol: 1 });
  });

  test('F-09 an execution whose frame is lost is waited for, and then fetched', async () => {
    const { seat, ref, stream, reads } = await takeProfitFilled();
    await stream.rows();
    expect(await seat.check(ref)).toBe('waiting');
    expect(await dueInMs(ref)).toBeLessThanOrEqual(300);
    expect(reads()).toEqual({});

    await expect.poll(() => seat.check(ref), SOON).toBe('acted');
    expect(reads()).toEqual({ executions: 1 });
  });

  test('S-19 an execution that comes before its rows gives them a moment', async () => {
    const { seat, ref, stream, reads } = await takeProfitFilled();
    await stream.executions();
    expect(await seat.check(ref)).toBe('waiting');
    await stream.rows();
    expect(await seat.check(ref)).toBe('acted');
    expect(reads()).toEqual({});
  });
});

test('from its entry to its end a position costs no listing and no fetch of executions while its stream is in sync', async () => {
  const { venue, redis } = rig();
  const seat = await rig().seat();
  await using stream = await openStreamSeat(rig());
  await untilSynced(redis);
  const reads = async (): Promise<number> => {
    const truth = await venue.truth();
    return listingCalls(truth) + countCalls(truth, 'execution/list');
  };
  const before = await reads();
  const ref = await rig().accept(planOn('main', 0));
  await protect(rig(), [seat], ref, LADDER);
  rig().work([seat]);
  await venue.price(ref.symbol, '110');
  await expect.poll(async () => openLegs(await venue.truth(), ref), SOON).toEqual(['t2', 't3', 't4']);
  await venue.price(ref.symbol, '125');

  const stillActive = async (): Promise<readonly MonitorRef[]> => {
    await setDueNow(redis, ref, 'tp-sl'); // it is in no hurry to close
    return listActive(redis, ref.account);
  };
  await expect.poll(stillActive, SOON).toEqual([]);
  expect(stream.frames()).toBeGreaterThan(0);
  expect(await reads()).toBe(before);
  expect(openPosition(await venue.truth(), ref)).toBeUndefined();
});

test('a price beyond the ladder has nothing read while the stream is there, and the rows do not expire', async () => {
  const { seat, ref, reads } = await quiet();
  const { account, symbol } = ref;
  const prices = { last: decimal('120'), mark: decimal('120'), index: decimal('120'), atMs: Date.now() + 60_000 };
  await putPrices(rig().redis, bucketOf(account), new Map([[symbol, prices]]));
  const { rowsExpireAtMs, nowMs } = await seat.facts(seat.claim(ref));
  expect(rowsExpireAtMs - nowMs).toBe(15_000);
  expect(reads()).toEqual({});

  await endSession(rig().redis, account, OWNER, 'the test wants it');
  await seat.facts(seat.claim(ref));
  expect(reads()).toMatchObject({ symbol: 1 });
});

interface HandStream {
  /** Frames of all rows of the symbol, ended orders among them. */
  readonly rows: () => Promise<void>;
  /** Frames of its executions. */
  readonly executions: () => Promise<void>;
}

interface Streamed {
  readonly seat: Seat;
  readonly ref: MonitorRef;
  readonly stream: HandStream;
  /** What checks have read from the exchange since the stream is there: how often each scope. */
  readonly reads: () => Readonly<Record<string, number>>;
}

/** A position under its whole ladder, with its stream, and then a fill of TP1 that no frame has told of yet. */
async function takeProfitFilled(): Promise<Streamed> {
  const streamed = await quiet();
  await rig().venue.price(streamed.ref.symbol, '110');
  return streamed;
}

async function quiet(): Promise<Streamed> {
  const seat = await rig().seat();
  const ref = await rig().accept(planOn('main', 0));
  await protect(rig(), [seat], ref, LADDER);
  const { account } = ref;
  await holdStreams(rig().redis, OWNER, [{ account, session: '' }], 60_000);
  await rig().forget(ref); // which ends what any session vouched for
  await openSession(rig().redis, account, OWNER, 'session');
  await untilNothingChanges(seat, ref);
  await markSynced(rig().redis, account, OWNER, 'session');
  const stream = await handStream(seat, ref);
  const before = { ...seat.flights };
  const reads = (): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(seat.flights)
        .map(([scope, count]) => [scope, count - (before[scope] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
  return { seat, ref, stream, reads };
}

async function handStream(seat: Seat, { account, symbol }: MonitorRef): Promise<HandStream> {
  const { redis, log } = rig();
  const exchange = seat.exchangeOf(account);
  const options = { signal: AbortSignal.timeout(30_000) };
  let known = await exchange.openOrders({ symbol }, options);
  return {
    rows: async () => {
      const [positions, working] = await Promise.all([
        exchange.positions({ symbol }, options),
        exchange.openOrders({ symbol }, options),
      ]);
      const nowMs = Date.now();
      const gone = known.filter(({ orderId }) => working.every((order) => order.orderId !== orderId));
      const ended = gone.map((order) => ({ ...order, status: 'Cancelled', updatedTimeMs: nowMs }));
      known = working;
      const rows = positions.map((row) => ({ row, createdMs: nowMs }));
      const monitors = await listActive(redis, account);
      await patchRows(redis, account, {
        positions: rows,
        orders: [...working, ...ended],
        session: 'session',
        monitors,
      });
    },
    executions: async () => {
      const executions = await exchange.executions({ sinceMs: Date.now() - 60_000 }, options);
      const deps = { redis, installation: seat.installation, log };
      await bookExecutions(account, { executions, cursorMs: undefined }, await activePlans(account, deps), deps);
    },
  };
}

/** However slow this machine is: what waits for the frames of a write goes by this mark. */
async function writtenJustNow(ref: MonitorRef): Promise<void> {
  const at = { [`${slotOf(ref)}:at`]: (await redisTimeMs(rig().redis)) + 10_000 };
  await rig().redis.hset(accountKeys(ref.account).dirty, at);
}

/** When the tp-sl lane is due, ms from now. */
async function dueInMs(ref: MonitorRef): Promise<number> {
  const score = await rig().redis.zscore(accountKeys(ref.account).due('tp-sl'), toMember(ref));
  return Number(score) - (await redisTimeMs(rig().redis));
}

async function untilNothingChanges(seat: Seat, ref: MonitorRef): Promise<void> {
  await expect.poll(() => seat.check(ref), SOON).toBe('unchanged');
}
