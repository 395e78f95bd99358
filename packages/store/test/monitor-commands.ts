import * as fc from 'fast-check';
import * as store from '../src/index.ts';
import { LIMIT_ORDER_STATE, newPlan, TP_SL_STATE } from './account.ts';
import { anyLane, anyRef, command, REFS, type StoreCommand } from './store-command.ts';

const anyToken = fc.constantFrom('t1', 't1', 't2', 't3');
const anyDelay = fc.constantFrom(undefined, 0, 250, 5_000, 20_000.5);

const putPlans = command(
  'putPlans',
  fc.tuple(fc.uniqueArray(fc.constantFrom(...REFS), { minLength: 1, maxLength: 2 }), anyDelay),
  ([refs, dueInMs = 0], redis) =>
    store.putPlans(
      redis,
      refs.map((ref) => ({ ...newPlan(ref), dueInMs })),
    ),
);

const plansWithEvent = command('putPlans with an event', anyRef, (ref, redis, nowMs) => {
  const event = { id: 'adopted', type: 'stage-changed', atMs: nowMs, detail: { to: 'open' } } as const;
  return store.putPlans(redis, [{ ...newPlan(ref), event }]);
});

const readCheck = command(
  'readCheck',
  fc.tuple(anyRef, anyLane, anyToken),
  ([ref, lane, token], redis) => store.readCheck(redis, ref, lane, token),
  'unordered',
);

const recordCheck = command(
  'recordCheck',
  fc.record({
    ref: anyRef,
    lane: anyLane,
    token: anyToken,
    behind: fc.constantFrom(0, 0, 0, 1),
    dueInMs: anyDelay,
    isDecision: fc.boolean(),
    closed: fc.constantFrom(false, false, false, true),
  }),
  async ({ ref, lane, behind, isDecision, ...record }, redis, nowMs) => {
    const { states } = await store.peekCheck(redis, ref);
    const summary = { id: `m-${nowMs}`, lane, atMs: nowMs, outcomes: ['sent'], raised: [], cleared: [] };
    return store.recordCheck(redis, {
      ...record,
      ref,
      lane,
      version: states[lane].version - behind,
      state: lane === 'tp-sl' ? TP_SL_STATE.replace('waiting', 'open') : LIMIT_ORDER_STATE,
      events: isDecision ? [{ id: `e-${nowMs}`, type: 'stage-changed', atMs: nowMs, detail: {} }] : [],
      ...(isDecision && { decision: { actions: [] }, summary }),
    });
  },
);

const touchChecked = command(
  'touchChecked',
  fc.tuple(anyRef, anyLane, anyDelay, fc.boolean()),
  ([ref, lane, dueInMs, made], redis) => store.touchChecked(redis, ref, lane, { dueInMs, made }),
);

const openIntents = command(
  'openIntents',
  fc.record({
    ref: anyRef,
    lane: anyLane,
    token: anyToken,
    intents: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('i1', 'i2', 'i3'),
        type: fc.constantFrom('set-stop' as const, 'create' as const, 'cancel' as const),
        absolute: fc.boolean(),
        orderLinkId: fc.constantFrom('o1', 'bs/"2"'),
      }),
      { minLength: 1, maxLength: 3, selector: ({ id }) => id },
    ),
    unless: fc.option(fc.record({ tpSlVersionAbove: fc.nat({ max: 2 }), executionsSeqAbove: fc.nat({ max: 2 }) }), {
      freq: 4,
    }),
    recvWindowMs: fc.constantFrom(500, 2_000),
  }),
  ({ unless, ...request }, redis) => store.openIntents(redis, { ...request, ...(unless !== null && { unless }) }),
);

/** By one job, and where asked for by another one that takes the lane over. */
const readThenOpen = command(
  'readCheck and openIntents',
  fc.record({
    ref: anyRef,
    lane: anyLane,
    tokens: fc.constantFrom(['t1'], ['t2'], ['t1', 't3']),
    absolute: fc.boolean(),
    unless: fc.constantFrom(
      undefined,
      { tpSlVersionAbove: 0, executionsSeqAbove: 9 },
      { tpSlVersionAbove: 9, executionsSeqAbove: -1 },
    ),
  }),
  async ({ ref, lane, tokens, absolute, unless }, redis) => {
    const replies: unknown[] = [];
    for (const token of tokens) {
      await store.readCheck(redis, ref, lane, token);
      const intents = [{ id: `i-${token}`, type: 'create', absolute }] as const;
      replies.unshift(
        await store.openIntents(redis, { ref, lane, token, intents, ...(unless !== undefined && { unless }) }),
      );
    }
    return replies;
  },
);

const closeIntents = command('closeIntents', fc.tuple(anyRef, fc.subarray(['i1', 'i2', 'i-t1'])), ([ref, ids], redis) =>
  store.closeIntents(redis, ref, ids),
);

const takeDue = command('takeDue', fc.tuple(anyRef, anyLane, fc.nat({ max: 3 })), ([ref, lane, limit], redis) =>
  store.takeDue(redis, store.bucketOf(ref.account), lane, { limit }),
);

const setDueNow = command('setDueNow', fc.tuple(anyRef, anyLane), ([ref, lane], redis) =>
  store.setDueNow(redis, ref, lane),
);

const setDueWithin = command(
  'setDueWithin',
  fc.tuple(anyRef, anyLane, fc.constantFrom(1, 250, 9_000)),
  ([ref, lane, ms], redis) => store.setDueWithin(redis, ref, lane, ms),
);

const openRound = command('openRound', fc.tuple(anyRef, fc.constantFrom(0, 1_000, 7_777)), ([ref, jitterMs], redis) =>
  store.openRound(redis, store.bucketOf(ref.account), jitterMs),
);

const tryOpenRound = command('tryOpenRound', fc.nat({ max: 50 }), (calls, redis) =>
  store.tryOpenRound(redis, { everyMs: 3_000, calls }),
);

const tryCloseRound = command(
  'tryCloseRound',
  fc.tuple(fc.boolean(), fc.nat({ max: 60 })),
  ([isChecked, calls], redis, nowMs) =>
    store.tryCloseRound(redis, { oldestCheckedMs: isChecked ? nowMs : 0, monitors: 3, calls }),
);

const lookAtMonitors = command(
  'what monitors look like',
  anyRef,
  async (ref, redis) => [
    await store.peekCheck(redis, ref),
    await store.readMonitors(redis),
    await store.readMonitor(redis, ref.monitorId),
    await store.lastDecisions(redis, ref),
    await store.getPlans(redis, REFS),
  ],
  'unordered',
);

const lookAtDue = command(
  'what is due',
  fc.tuple(anyRef, anyLane),
  async ([{ account }, lane], redis) => [
    await store.countDue(redis, store.bucketOf(account), lane),
    await store.oldestChecked(redis, store.bucketOf(account)),
    await store.listActive(redis, account),
    await store.listRounds(redis, 3),
  ],
  'unordered',
);

/** Commands about monitors: plans, checks, intents, due times and rounds. */
export const monitorCommands: readonly fc.WeightedArbitrary<StoreCommand>[] = [
  { weight: 3, arbitrary: putPlans },
  { weight: 1, arbitrary: plansWithEvent },
  { weight: 4, arbitrary: readCheck },
  { weight: 4, arbitrary: recordCheck },
  { weight: 2, arbitrary: touchChecked },
  { weight: 2, arbitrary: openIntents },
  { weight: 3, arbitrary: readThenOpen },
  { weight: 2, arbitrary: closeIntents },
  ...[takeDue, setDueNow, setDueWithin, openRound, tryOpenRound, tryCloseRound, lookAtMonitors, lookAtDue].map(
    (arbitrary) => ({
      weight: 1,
      arbitrary,
    }),
  ),
];
