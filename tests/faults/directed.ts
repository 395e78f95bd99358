import { setTimeout as pause } from 'node:timers/promises';
import { LANES } from '@backstop/core';
import { accountKeys, setDueNow, type MonitorRef } from '@backstop/store';
import type { ScriptCall } from './store-scripts.ts';
import { emptyCache, strike, type World } from './world.ts';

// What leads a day to a branch that it would seldom reach by itself: a worker is caught between two of its steps, and what
// it stood on moves on meanwhile.

/** Longer than a lock lives: the job goes to another worker. */
const OUTLIVES_LOCK_MS = 5_000;
/** Longer than a read may take: another one begins and lands. */
const OUTLIVES_FLIGHT_MS = 9_000;
const HELD_MS = 3_000;
/** Shorter than the exchange takes stamps for. */
const UNDER_WAY_MS = 1_600;

/** A worker stands still when it is about to record; another one checks and records meanwhile. */
export async function freezeRecorder(world: World): Promise<void> {
  needTwoWorkers(world);
  world.traps.arm({ at: 'record-check', how: 'freeze', forMs: OUTLIVES_LOCK_MS });
}

/** A worker stands still when it has stamped a write and is about to store its intent; another one takes the lane over. */
export async function freezeBeforeIntent(world: World): Promise<void> {
  needTwoWorkers(world);
  world.traps.arm({ at: 'open-intents', how: 'freeze', forMs: OUTLIVES_LOCK_MS });
}

/** A worker stands still with what it has read; others read anew and land before it. */
export async function freezeReader(world: World): Promise<void> {
  needTwoWorkers(world);
  world.traps.arm({ at: 'land-rows', how: 'freeze', forMs: OUTLIVES_FLIGHT_MS });
}

/** An entry's intent is held up on its way; meanwhile somebody opens and closes a position by hand, and the other lane sees it. */
export async function holdEntry(world: World): Promise<void> {
  needTwoWorkers(world);
  const moveOn = async (call: ScriptCall): Promise<void> => {
    const ref = monitorOf(call);
    const { account, symbol, positionIdx } = ref;
    for (const deed of [{ kind: 'manual-open', side: 'Buy', qty: '3' }, { kind: 'manual-close' }]) {
      await strike(world, { ...deed, account, symbol, positionIdx });
      await emptyCache(world);
      await setDueNow(world.admin, ref, 'tp-sl');
      await pause(HELD_MS / 2);
    }
  };
  world.traps.arm({
    at: 'open-intents',
    isIt: ({ args }) => args[5] !== '',
    how: 'hold',
    forMs: HELD_MS,
    meanwhile: ({ call }) => void (call && moveOn(call)),
  });
}

/**
 * The queues lose everything in the moment in which a worker's amend leaves, and the exchange takes its time over that: the
 * monitor is given out again while the first job's request is under way.
 */
export async function loseJobs(world: World): Promise<void> {
  needTwoWorkers(world);
  const giveOut = async (ref: MonitorRef): Promise<void> => {
    world.loseQueues();
    for (const lane of LANES) await setDueNow(world.admin, ref, lane);
  };
  const meanwhile = ({ ref }: { readonly ref?: MonitorRef }): void => void (ref && giveOut(ref));
  if (!world.traps.arm({ at: 'order/amend', how: 'watch', forMs: 0, meanwhile })) return;
  for (const endpoint of ['order/amend', 'order/amend-batch'])
    await strike(world, { kind: 'latency', ms: UNDER_WAY_MS, endpoint, count: 1 });
}

function needTwoWorkers({ workers, spawn }: World): void {
  if (workers.filter((worker) => worker.isAlive()).length < 2) spawn();
}

/** Whose intents are opened: the lane's key names the monitor, the epoch's the account, the arguments its slot. */
function monitorOf({ keys: [lane = '', , epoch = ''], args: [, , slot = ''] }: ScriptCall): MonitorRef {
  const monitorId = lane.split(':').at(-2) ?? '';
  const account = epoch.split(':').at(-1) ?? '';
  const [symbol = '', idx] = slot.split(':');
  const positionIdx = ([1, 2] as const).find((one) => `${one}` === idx) ?? 0;
  if (lane !== accountKeys(account).lane(monitorId, 'limit-order')) throw new Error(`not an entry's: ${lane}`);
  return { account, symbol, positionIdx, monitorId };
}
