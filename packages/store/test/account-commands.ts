import type { Decimal } from '@backstop/core';
import * as fc from 'fast-check';
import * as store from '../src/index.ts';
import type { Landing } from '../src/index.ts';
import { anOrder, aPosition } from './account.ts';
import { anyAccount, anyLane, anyRef, command, REFS, type StoreCommand } from './store-command.ts';

const anyScope = fc.constantFrom('account' as const, 'executions' as const, 'symbol:BTCUSDT' as const);
const anyFlight = fc.constantFrom('f1', 'f2');
const anyAge = fc.constantFrom(0, 0, 100, 3_000, 14_999, 15_000);

const beginFlight = command(
  'beginFlight',
  fc.tuple(anyRef, anyScope, fc.record({ flightId: anyFlight, ttlMs: fc.constantFrom(1, 4_000) }), fc.option(anyLane)),
  ([ref, scope, flight, lane], redis) =>
    store.beginFlight(redis, ref.account, scope, { ...flight, ...(lane !== null && { waiter: { ref, lane } }) }),
);

const rows = fc.record({
  hasPosition: fc.boolean(),
  hasOrder: fc.boolean(),
  orderLinkId: fc.constantFrom('o1', 'o2'),
  ageMs: anyAge,
  flightId: anyFlight,
  epochBehind: fc.constantFrom(0, 0, 1),
});

const land = command(
  'landAccount or landSymbol',
  fc.tuple(anyRef, fc.boolean(), rows),
  async ([ref, isWhole, drawn], redis, nowMs) => {
    const { epoch } = await store.peekCheck(redis, ref);
    const place = { symbol: ref.symbol, positionIdx: ref.positionIdx };
    const landing: Landing = {
      flightId: drawn.flightId,
      startMs: nowMs - drawn.ageMs,
      epoch: epoch - drawn.epochBehind,
      positions: drawn.hasPosition ? [aPosition(place)] : [],
      orders: drawn.hasOrder ? [anOrder({ ...place, orderLinkId: drawn.orderLinkId })] : [],
    };
    if (isWhole) return store.landAccount(redis, ref.account, landing);
    return store.landSymbol(redis, ref.account, { ...landing, symbol: ref.symbol, idxs: [0, 1] });
  },
  'unordered',
);

const endFlight = command(
  'endFlight',
  fc.tuple(anyAccount, anyScope, anyFlight),
  ([account, scope, flightId], redis) => store.endFlight(redis, account, scope, { flightId }),
  'unordered',
);

const cancelFlight = command(
  'cancelFlight',
  fc.tuple(anyAccount, anyScope, anyFlight),
  ([account, scope, flightId], redis) => store.cancelFlight(redis, account, scope, { flightId }),
  'unordered',
);

const abandonFlight = command(
  'abandonFlight',
  fc.tuple(anyAccount, anyScope, anyFlight, fc.constantFrom(undefined, 5_000)),
  ([account, scope, flightId, backoffMs], redis) =>
    store.abandonFlight(redis, account, scope, {
      flightId,
      why: 'no reply',
      ...(backoffMs !== undefined && { backoffMs }),
    }),
  'unordered',
);

const amount: fc.Arbitrary<Decimal> = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 28n });

const applyExecutions = command(
  'applyExecutions',
  fc.tuple(
    anyAccount,
    fc.array(
      fc.record({
        execId: fc.constantFrom('x1', 'x2', 'x3', 'x4'),
        ageMs: fc.constantFrom(0, 1_000, 24 * 3_600_000 + 1_001),
        seq: fc.nat({ max: 5 }),
        parts: fc.array(
          fc.record({
            monitorId: fc.constantFrom('aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc', 'unknown'),
            by: fc.constantFrom('e1' as const, 't1' as const, 'stop' as const),
            qty: amount,
            value: amount,
            fee: amount,
          }),
          { maxLength: 2 },
        ),
      }),
      { maxLength: 3 },
    ),
    fc.constantFrom(undefined, 0, 1_000),
    fc.constantFrom([], [], ['BTCUSDT']),
  ),
  ([account, executions, cursorAgeMs, asLongAsOn], redis, nowMs) =>
    store.applyExecutions(redis, account, {
      asLongAsOn,
      ...(asLongAsOn.length > 0 && { active: REFS.filter((ref) => ref.account === account) }),
      executions: executions.map(({ ageMs, ...execution }) => ({
        ...execution,
        timeMs: nowMs - ageMs,
        symbol: 'BTCUSDT',
        raw: '{}',
      })),
      cursorMs: cursorAgeMs === undefined ? undefined : nowMs - cursorAgeMs,
    }),
);

const cursors = command(
  'executionCursor and replayExecutions',
  fc.tuple(anyAccount, fc.boolean()),
  async ([account, replays], redis) => {
    if (replays) await store.replayExecutions(redis, account);
    return store.executionCursor(redis, account);
  },
);

const putLookup = command(
  'putLookup',
  fc.tuple(anyRef, fc.constantFrom('o1', 'o2'), anyAge, fc.boolean()),
  async ([ref, id, ageMs, isKnown], redis, nowMs) => {
    const { epoch } = await store.peekCheck(redis, ref);
    const order = isKnown ? anOrder({ orderLinkId: id, status: 'Cancelled' }) : undefined;
    return store.putLookup(redis, ref, id, { order, startMs: nowMs - ageMs, epoch });
  },
);

const getLookup = command('getLookup', fc.tuple(anyRef, fc.constantFrom('o1', 'o2')), ([ref, id], redis) =>
  store.getLookup(redis, ref, id),
);

const evictExpired = command('evictExpired', fc.subarray(['main', 'mirror']), (accounts, redis) =>
  store.evictExpired(redis, accounts),
);

const flushCache = command('flushCache', fc.option(anyAccount), (account, redis) =>
  store.flushCache(redis, account ?? undefined),
);

const noteOrphans = command(
  'noteOrphans',
  fc.tuple(anyAccount, fc.subarray(['o1', 'o2', 'o3'])),
  ([account, ids], redis) =>
    store.noteOrphans(
      redis,
      account,
      ids.map((orderLinkId) => anOrder({ orderLinkId })),
    ),
);

const orphans = command(
  'listOrphans and forgetOrphan',
  fc.tuple(anyAccount, fc.constantFrom(0, 1_000), fc.boolean()),
  async (drawn, redis) => {
    const [account, forMs, forgets] = drawn;
    if (forgets) await store.forgetOrphan(redis, account, 'o1');
    return store.listOrphans(redis, account, forMs);
  },
  'unordered',
);

const noteUnattended = command(
  'noteUnattended',
  fc.tuple(anyAccount, fc.subarray(['BTCUSDT', 'ETHUSDT']), anyAge),
  (drawn, redis, nowMs) => {
    const [account, symbols, ageMs] = drawn;
    const positions = symbols.map((symbol) => aPosition({ symbol }));
    return store.noteUnattended(redis, account, { startMs: nowMs - ageMs, positions, orders: [] });
  },
);

const lookAtAccount = command(
  'what an account looks like',
  anyAccount,
  async (account, redis) => [
    await store.listUnattended(redis, account),
    await store.readAccountRows(redis, account),
    (await store.readAccountFacts(redis)).map((facts) => ({ ...facts, installation: facts.installation?.length })), // chosen at random
  ],
  'unordered',
);

const refusedWrite = command(
  'noteKeyRefusal and pauseWrites',
  fc.tuple(anyAccount, fc.constantFrom('expired', 'no permission')),
  async ([account, why], redis) => {
    await store.noteKeyRefusal(redis, account, why);
    await store.pauseWrites(redis, account);
  },
);

/** Commands about accounts: reads of them and what these brought. */
export const accountCommands: readonly fc.WeightedArbitrary<StoreCommand>[] = [
  { weight: 4, arbitrary: beginFlight },
  { weight: 5, arbitrary: land },
  { weight: 3, arbitrary: applyExecutions },
  ...[
    endFlight,
    cancelFlight,
    abandonFlight,
    cursors,
    putLookup,
    getLookup,
    evictExpired,
    flushCache,
    noteOrphans,
    orphans,
    noteUnattended,
    lookAtAccount,
    refusedWrite,
  ].map((arbitrary) => ({ weight: 1, arbitrary })),
];
