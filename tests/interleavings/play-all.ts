import { env } from 'node:process';
import { seededRandom } from '../faults/random.ts';
import { play, type Schedule } from './play.ts';

/** `INTERLEAVINGS=all` plays every schedule, a number so many of each test; absent = as many as CI has time for. */
const { INTERLEAVINGS: asked } = env;
const SEED = 20_260_105;

export interface PlayedAll {
  readonly count: number;
  /** In how many something executed among the steps. */
  readonly withFill: number;
  /** The schedules that did not end as they must, each with what was wrong. */
  readonly failed: readonly string[];
}

/** Plays as many of the schedules as was asked for, else `most`: always the same ones. With a rule gone always `most`. */
export async function playAll(
  schedules: readonly Schedule[],
  most: number,
  rewrite?: (source: string) => string,
): Promise<PlayedAll> {
  const isAsked = asked !== undefined && rewrite === undefined;
  const chosen = isAsked && asked === 'all' ? schedules : sample(schedules, isAsked ? Number(asked) : most);
  const failed: string[] = [];
  let withFill = 0;
  for (const schedule of chosen) {
    const { faults, executions } = await play(schedule, rewrite && { rewrite });
    if (executions > 0) withFill += 1;
    if (faults.length > 0) failed.push(`${describe(schedule)}: ${faults.join('; ')}`);
  }
  return { count: chosen.length, withFill, failed };
}

function sample(all: readonly Schedule[], most: number): readonly Schedule[] {
  const random = seededRandom(SEED);
  const left = [...all];
  return Array.from({ length: Math.min(most, all.length) }, () =>
    left.splice(random.int(0, left.length - 1), 1),
  ).flat();
}

/** As text that can be given to `play` again; Infinity is beyond JSON. */
function describe(schedule: Schedule): string {
  return JSON.stringify(schedule, (_key, value: unknown) => (value === Infinity ? 'Infinity' : value));
}
