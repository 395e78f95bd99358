import * as fc from 'fast-check';
import { seedOfTitle } from './seed-of-title.ts';
import { stories } from './arbitraries.ts';
import type { Story, StoryOptions } from './arbitraries.ts';
import { tell } from './tell.ts';
import type { Look } from './tell.ts';
import type { Monitor } from './play.ts';

const RUNS = 2_000;

/** Says what is wrong; empty = nothing. */
export interface Judge {
  readonly atLook?: (look: Look, story: Story) => readonly string[];
  readonly atRest?: (monitor: Monitor, story: Story) => readonly string[];
  readonly atEnd?: (monitor: Monitor, story: Story) => readonly string[];
}

/**
 * Lives through 2,000 random stories and has each judged by a judge of its own. 'none', or the shortest story found that
 * breaks a promise, with the seed and path that bring it back as options.
 *
 * The stories are the same in each run: their seed comes from the title of the test. The environment's `FC_SEED` overrides
 * it: a number tells the stories of that seed, `random` new ones each time. Throws where it is neither.
 */
export function counterexample(options: StoryOptions & Replay, judgeOf: () => Judge): string {
  const { seed = seedOfTitle(), path, ...storyOptions } = options;
  const details = fc.check(
    fc.property(stories(storyOptions), (story) => {
      const faults = judged(story, judgeOf());
      if (faults.length > 0) throw new Error(faults.join('\n'));
    }),
    { numRuns: RUNS, seed, ...(path !== undefined && { path }) },
  );
  return details.failed ? `${fc.defaultReportMessage(details) ?? 'failed'}\n${String(details.errorInstance)}` : 'none';
}

/** To run one found story again. */
export interface Replay {
  readonly seed?: number;
  readonly path?: string;
}

function judged(story: Story, { atLook, atRest, atEnd }: Judge): readonly string[] {
  const faults: string[] = [];
  const monitor = tell(story, {
    onLook: (look) => faults.push(...(atLook?.(look, story) ?? [])),
    onRest: (resting) => faults.push(...(atRest?.(resting, story) ?? [])),
  });
  return [...faults, ...(atEnd?.(monitor, story) ?? [])];
}
