import type { Lane } from '@backstop/core';
import { play, type Schedule, type Where } from './play.ts';

/** The budget of reads makes no steps where two jobs run. */
const COARSE = { stepMs: 1, isCoarse: true } as const;

/** One check, and what happens comes before its first step, before its second one, ..., after its last one. */
export async function oneCheck(where: Where, stepMs: number): Promise<readonly Schedule[]> {
  const grain = { stepMs };
  const { steps } = await lengthOf(where, 'tp-sl', grain);
  return upTo(steps).map((at) => ({ ...where, after: { steps: at }, grain, lanes: ['tp-sl'], turns: [Infinity, 0] }));
}

/**
 * Two checks of one lane at once, as after a lock that was taken for lost, with at most two switches away from one that is not
 * over; what happens comes before them, at a switch, or after them. Which of them begins makes no difference.
 */
export async function sameLane(where: Where): Promise<readonly Schedule[]> {
  const { steps } = await lengthOf(where, 'tp-sl', COARSE);
  return switches(steps, steps).flatMap((turns) => {
    const [first, second] = turns;
    const places = new Set([0, first, first + second, Infinity]);
    return [...places].map((at): Schedule => ({
      ...where,
      after: { steps: at },
      grain: COARSE,
      lanes: ['tp-sl', 'tp-sl'],
      turns,
    }));
  });
}

/** Checks of both lanes at once, likewise, whichever begins; what happens comes before any of their requests, or after them. */
export async function bothLanes(where: Where): Promise<readonly Schedule[]> {
  const [tpSl, limitOrder] = [await lengthOf(where, 'tp-sl', COARSE), await lengthOf(where, 'limit-order', COARSE)];
  const places = upTo(tpSl.requests + limitOrder.requests);
  const orders = [
    { lanes: ['tp-sl', 'limit-order'], all: switches(tpSl.steps, limitOrder.steps) },
    { lanes: ['limit-order', 'tp-sl'], all: switches(limitOrder.steps, tpSl.steps) },
  ] as const;
  return orders.flatMap(({ lanes, all }) =>
    all.flatMap((turns) =>
      places.map((at): Schedule => ({ ...where, after: { requests: at }, grain: COARSE, lanes, turns })),
    ),
  );
}

/** How long a check is that is alone, the longer of two: with what happens before it, and with it after. */
async function lengthOf(
  where: Where,
  lane: Lane,
  grain: Schedule['grain'],
): Promise<{ readonly steps: number; readonly requests: number }> {
  const alone = { ...where, grain, lanes: [lane], turns: [Infinity, 0] } as const;
  const [before, behind] = [
    await play({ ...alone, after: { steps: 0 } }),
    await play({ ...alone, after: { steps: Infinity } }),
  ];
  return { steps: Math.max(before.steps, behind.steps), requests: Math.max(before.requests, behind.requests) };
}

/** Each way to go on with the second job after some steps of the first, and back to the first after some steps of the second. */
function switches(first: number, second: number): readonly (readonly [number, number])[] {
  const befores = upTo(first).filter((steps) => steps !== Infinity);
  return befores.flatMap((before) =>
    upTo(second)
      .slice(1)
      .map((between): [number, number] => [before, between]),
  );
}

/** 0 to `most`, and the end. */
function upTo(most: number): readonly number[] {
  return [...Array.from({ length: most + 1 }, (_, at) => at), Infinity];
}
