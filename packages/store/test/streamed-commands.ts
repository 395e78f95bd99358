import { decimal } from '@backstop/core';
import * as fc from 'fast-check';
import * as store from '../src/index.ts';
import type { Awaits } from '../src/index.ts';
import { anOrder, aPosition, newPlan } from './account.ts';
import { anyLane, anyRef, command, type StoreCommand } from './store-command.ts';

const anySession = fc.constantFrom('s1', 's1', 's1', 's2', '');

const vouch = command(
  'a stream vouches',
  fc.tuple(anyRef, anySession, fc.constantFrom('1', '1', '0'), fc.constantFrom(4_000, 60_000, 60_000, -1)),
  async ([ref, session, synced, forMs], redis, nowMs) => {
    const until = nowMs + forMs;
    return redis.hset(store.accountKeys(ref.account).stream, { holder: 'p1#a', session, synced, until });
  },
);

const anyStatus = fc.constantFrom('New', 'PartiallyFilled', 'Filled', 'Cancelled', 'Untriggered', 'Sideways');
const anyRows = fc.record({
  order: fc.option(
    fc.record({
      orderId: fc.constantFrom('a', 'b'),
      status: anyStatus,
      updatedTimeMs: fc.constantFrom(1, 2, 3),
      qty: fc.constantFrom(1n, 2n),
      cumExecQty: fc.constantFrom(0n, decimal('0.5'), decimal('12.25')),
      reduceOnly: fc.boolean(),
      stopOrderType: fc.constantFrom('', 'StopLoss'),
      triggerPrice: fc.constantFrom(undefined, 5n),
      rejectReason: fc.constantFrom('', '\u00e9 \u{1f600}/"'),
    }),
  ),
  position: fc.option(
    fc.record({
      size: fc.constantFrom(0n, 1n, 2n),
      stopLoss: fc.constantFrom(undefined, 5n),
      seq: fc.constantFrom(1, 2),
      updatedTimeMs: fc.constantFrom(1, 2),
    }),
  ),
});

const patchRows = command(
  'patchRows',
  fc.record({
    ref: anyRef,
    frames: fc.array(anyRows, { minLength: 1, maxLength: 3 }),
    ageMs: fc.constantFrom(0, 500, 3_000),
    unreadable: fc.constantFrom([], [], [], ['BTCUSDT']),
    session: fc.constantFrom('s1', 's1', 's2', ''),
    isBehind: fc.constantFrom(false, false, false, true),
  }),
  async ({ ref: { account, symbol, positionIdx }, frames, ageMs, unreadable, ...known }, redis, nowMs) => {
    const place = { symbol, positionIdx };
    const marks = await redis.hgetall(store.accountKeys(account).intents('aaaaaaaaaaaa'));
    const reply = await store.patchRows(redis, account, {
      positions: frames.flatMap(({ position }) =>
        position === null ? [] : [{ row: aPosition({ ...place, ...position }), createdMs: nowMs - ageMs }],
      ),
      orders: frames.flatMap(({ order }) =>
        order === null ? [] : [anOrder({ ...place, ...order, orderLinkId: 'o1' })],
      ),
      unreadable,
      session: known.session,
      monitors: known.isBehind ? [] : await store.listActive(redis, account),
    });
    if (reply === undefined) return { state: 'moved on' };
    const left = await redis.hlen(store.accountKeys(account).intents('aaaaaaaaaaaa'));
    const isConfirmed = left < Object.keys(marks).length;
    return { state: isConfirmed ? 'confirmed' : reply.changed.length > 0 ? 'changed' : 'unchanged', reply };
  },
  'unordered',
);

interface Read {
  readonly flightId: string;
  readonly startMs: number;
  readonly epoch: number;
  readonly session: string;
}

/** Reads that have begun on each of the stores that are compared: what each has given. */
const begun = new WeakMap<store.Redis, Map<string, Read>>();

const beginRead = command(
  'beginFlight of a streamed account',
  fc.tuple(anyRef, fc.constantFrom('account' as const, 'positions' as const)),
  async ([{ account }, scope], redis) => {
    const flight = await store.beginFlight(redis, account, scope, { flightId: 'f9', ttlMs: 4_000 });
    if (!flight.won) return flight;
    const reads = begun.get(redis) ?? new Map<string, Read>();
    begun.set(redis, reads.set(`${account}:${scope}`, { ...flight, flightId: 'f9' }));
    return flight;
  },
);

const landRead = (scope: 'account' | 'positions') =>
  command(
    scope === 'account' ? 'landAudit' : 'landPositions',
    fc.tuple(anyRef, anyRows, fc.boolean()),
    async ([ref, { order, position }, isMonitored], redis) => {
      const read = begun.get(redis)?.get(`${ref.account}:${scope}`);
      if (read === undefined) return 'not begun';
      const place = { symbol: ref.symbol, positionIdx: ref.positionIdx };
      const landing = {
        ...read,
        places: isMonitored ? [place] : [],
        positions: position === null ? [] : [aPosition({ ...place, ...position })],
        orders: order === null ? [] : [anOrder({ ...place, ...order, orderLinkId: 'o1' })],
      };
      const land = scope === 'account' ? store.landAudit : store.landPositions;
      const reply = await land(redis, ref.account, landing);
      return { state: reply.drift.length > 0 ? 'drift' : 'none', reply };
    },
    'unordered',
  );

const AWAITS: readonly Awaits[] = [
  { type: 'create', orderLinkId: 'o1' },
  { type: 'amend', orderId: 'a', qty: 2n, updated: 1 },
  { type: 'cancel', orderId: 'b' },
  { type: 'set-stop', triggerPrice: 5n },
  { type: 'read' },
];

const write = command(
  'openIntents that await frames',
  fc.tuple(anyRef, anyLane, fc.constantFrom(...AWAITS), fc.constantFrom('i1', 'i2')),
  async ([ref, lane, awaits, id], redis) => {
    await store.readCheck(redis, ref, lane, 't1');
    const intents = [{ id, type: 'create', absolute: true, awaits }] as const;
    return store.openIntents(redis, { ref, lane, token: 't1', intents });
  },
);

const close = command(
  'closeIntents by outcome',
  fc.tuple(
    anyRef,
    fc.constantFrom('i1', 'i2'),
    fc.constantFrom('acknowledged' as const, 'refused' as const, 'not-sent' as const),
  ),
  ([ref, id, outcome], redis) => store.closeIntents(redis, ref, [{ id, outcome }]),
);

/** A read that the stream covers, with these rows. */
async function readAll(redis: store.Redis, ref: store.MonitorRef, rows: Partial<store.Landing>, nowMs: number) {
  await redis.hset(store.accountKeys(ref.account).stream, { session: 's3', synced: '1', until: nowMs + 4_000 });
  const flight = await store.beginFlight(redis, ref.account, 'account', { flightId: 'f8', ttlMs: 4_000 });
  if (!flight.won) return undefined;
  const places = [{ symbol: ref.symbol, positionIdx: ref.positionIdx }];
  return store.landAudit(redis, ref.account, { ...flight, flightId: 'f8', places, positions: [], orders: [], ...rows });
}

const coveredWrite = command(
  'patchRows after a write',
  fc.tuple(anyRef, anyLane),
  async ([ref, lane], redis, nowMs) => {
    await store.putPlans(redis, [newPlan(ref)]);
    const landed = await readAll(redis, ref, {}, nowMs);
    await store.readCheck(redis, ref, lane, 't1');
    const awaits = { type: 'create', orderLinkId: 'o7' } as const;
    const opened = await store.openIntents(redis, {
      ref,
      lane,
      token: 't1',
      intents: [{ id: 'i7', type: 'create', absolute: true, awaits }],
    });
    const { symbol, positionIdx } = ref;
    const orders = [anOrder({ symbol, positionIdx, orderId: `o-${nowMs}`, orderLinkId: 'o7' })];
    const reply = await store.patchRows(redis, ref.account, { positions: [], orders, session: 's3', monitors: [ref] });
    const closed = await store.closeIntents(redis, ref, [{ id: 'i7', outcome: 'acknowledged' }]);
    return { state: opened.ok && closed === 0 ? 'confirmed' : 'not confirmed', landed, reply };
  },
  'unordered',
);

const drift = command(
  'landAudit of something else',
  anyRef,
  async (ref, redis, nowMs) => {
    await store.putPlans(redis, [newPlan(ref)]);
    const place = { symbol: ref.symbol, positionIdx: ref.positionIdx, seq: nowMs };
    const landed = [
      await readAll(redis, ref, {}, nowMs),
      await readAll(
        redis,
        ref,
        { positions: [aPosition(place)], orders: [anOrder({ ...place, orderId: 'c' })] },
        nowMs,
      ),
    ];
    return { state: (landed[1]?.drift.length ?? 0) > 0 ? 'drift' : 'none', landed };
  },
  'unordered',
);

/** Commands about rows that a stream keeps current, and the writes that its frames confirm. */
export const streamedCommands: readonly fc.WeightedArbitrary<StoreCommand>[] = [
  { weight: 3, arbitrary: vouch },
  { weight: 6, arbitrary: patchRows },
  { weight: 4, arbitrary: beginRead },
  { weight: 4, arbitrary: landRead('account') },
  { weight: 2, arbitrary: landRead('positions') },
  { weight: 3, arbitrary: write },
  { weight: 2, arbitrary: close },
  { weight: 1, arbitrary: coveredWrite },
  { weight: 1, arbitrary: drift },
];
