import { HAPPENINGS } from './happenings.ts';
import { openSmallWorld, type SmallWorld, type WorldOptions } from './small-world.ts';
import type { SteppedTime } from './stepped-time.ts';

/** How old the rows are when the check begins: too old, so that it reads them all anew. */
const OLD_MS = 15_500;

type Stage = (world: SmallWorld) => Promise<void>;

/** Where the plan stands when the checks begin that are interleaved, each by what it is. */
const STAGES = {
  accepted: async () => undefined,
  'just opened': async (world) => {
    const hand = world.openHand();
    await hand.check('limit-order', 'opening');
  },
  'ladder standing': async (world) => {
    await world.rest(10_000);
    world.pass(OLD_MS);
  },
  'entry filled in part and not yet seen': async (world) => {
    await world.rest(10_000);
    world.pass(OLD_MS);
    await HAPPENINGS['the limit entry fills in part'](world);
  },
  'TP1 filled and not yet seen': async (world) => {
    await world.rest(10_000);
    world.movePrice('105');
    world.pass(OLD_MS);
    await HAPPENINGS['TP1 fills'](world);
  },
  'after TP1': async (world) => {
    await world.rest(5_000);
    world.movePrice('105');
    await HAPPENINGS['TP1 fills'](world);
    await world.rest(20_000);
    world.pass(OLD_MS);
  },
} as const satisfies Readonly<Record<string, Stage>>;

export type StageName = keyof typeof STAGES;

/** A world at its stage. */
export async function openStage(stage: StageName, time: SteppedTime, options: WorldOptions = {}): Promise<SmallWorld> {
  const world = await openSmallWorld(time, options);
  await STAGES[stage](world);
  return world;
}
