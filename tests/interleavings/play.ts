import type { Lane } from '@backstop/core';
import { faultsOf } from './faults-of.ts';
import { HAPPENINGS, type HappeningName } from './happenings.ts';
import type { Grain } from './conductor.ts';
import type { Hand, SmallWorld, WorldOptions } from './small-world.ts';
import { openStage, type StageName } from './stages.ts';
import { openSteppedTime } from './stepped-time.ts';

/** How long everything may take to come to rest: rows end after 15 s, and are read once more. */
const REST_MS = 20_000;

/** Every schedule begins at the same moment, so that each can be played again alone. */
const START_MS = Date.UTC(2026, 0, 5, 9);

/** One order in which things happen. */
export interface Schedule extends Where {
  /** How many steps, or how many requests at the exchange, of all jobs come before it; at the end where there are fewer. */
  readonly after: { readonly steps: number } | { readonly requests: number };
  readonly grain: Pick<Grain, 'stepMs' | 'isCoarse'>;
  /** The jobs, in the order in which they begin. */
  readonly lanes: readonly [Lane] | readonly [Lane, Lane];
  /** Steps of the first job, then of the second one, before the first one goes on to its end, and then the second one. */
  readonly turns: readonly [number, number];
}

/** Where the plan stands, and what happens then. */
export interface Where {
  readonly stage: StageName;
  readonly happening: HappeningName;
}

export interface Played {
  readonly faults: readonly string[];
  /** Of all jobs together. */
  readonly steps: number;
  readonly requests: number;
  /** Executions that what happened brought; 0 = it found nothing to fill. */
  readonly executions: number;
}

/** Plays one schedule in a world of its own, and then rests: what is not as it should be in the end. */
export async function play(schedule: Schedule, options: WorldOptions = {}): Promise<Played> {
  using time = openSteppedTime(START_MS);
  using world = await openStage(schedule.stage, time, options);
  const took = await interleave(schedule, world);
  await world.rest(REST_MS);
  if ((await faultsOf(world)).length > 0) await world.rest(REST_MS); // a plan closes some seconds after flat
  // Two jobs may send the same order: the exchange takes one. Alone, a job knows what stands.
  const repeated = schedule.lanes.length > 1 ? [] : world.repeated.map((id) => `sent again: ${id}`);
  return { faults: [...repeated, ...(await faultsOf(world))], ...took };
}

async function interleave(
  { happening, after, grain, lanes, turns }: Schedule,
  world: SmallWorld,
): Promise<Omit<Played, 'faults'>> {
  const took = { steps: 0, requests: 0, executions: 0 };
  let hasHappened = false;
  const happenAt = async (now: boolean): Promise<void> => {
    if (hasHappened || !now) return;
    hasHappened = true;
    const before = executionsIn(world);
    await HAPPENINGS[happening](world);
    took.executions = executionsIn(world) - before;
  };
  const onArrival = async (): Promise<void> => {
    await happenAt('requests' in after && after.requests === took.requests);
    took.requests += 1;
  };
  const hands = lanes.map((lane, nth) => heldHand(world, { ...grain, onArrival }, { lane, token: `job-${nth}` }));
  const go = async (nth: number, most: number): Promise<void> => {
    const hand = hands[nth];
    if (hand === undefined) return;
    await hand.start();
    for (let left = most; left > 0 && !hand.isOver(); left -= 1) {
      await happenAt('steps' in after && after.steps === took.steps);
      await hand.step();
      took.steps += 1;
    }
  };
  await go(0, turns[0]);
  await go(1, turns[1]);
  await go(0, Infinity);
  await go(1, Infinity);
  await happenAt(true);
  return took;
}

function executionsIn({ venue, ref }: SmallWorld): number {
  return venue.simulator.engine.venue.accounts.get(ref.account)?.executions.length ?? 0;
}

/** A hand whose check begins when it is first let go on. */
function heldHand(
  world: SmallWorld,
  grain: Grain,
  { lane, token }: { readonly lane: Lane; readonly token: string },
): Pick<Hand, 'isOver' | 'step'> & { readonly start: () => Promise<void> } {
  const hand = world.openHand(grain);
  let hasBegun = false;
  hand.hold();
  return {
    isOver: hand.isOver,
    step: hand.step,
    start: async () => {
      if (hasBegun) return;
      hasBegun = true;
      await hand.check(lane, token);
    },
  };
}
