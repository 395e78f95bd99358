import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckCause } from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';
import { realHand, twinHand, type Hand, type Run } from './twin-queues-hands.ts';
import { aRef } from './twin-queues-sides.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 200);

type Step = MonitorStep | { readonly type: 'take' | 'look' | 'renew' | 'late' };
type MonitorStep =
  | { readonly type: 'event'; readonly monitor: string; readonly cause: CheckCause }
  | { readonly type: 'sweep' | 'completed' | 'failed' | 'die'; readonly monitor: string };

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

test(
  'in every history of wakes, runs, deaths and late ends the twin replies as BullMQ does, job by job',
  async () => {
    await using real = realHand(server);
    await fc.assert(
      fc.asyncProperty(histories(), async (steps) => {
        await server.redis.flushdb();
        expect(await told(twinHand(), steps)).toEqual(await told(real, steps));
      }),
      { numRuns: RUNS, seed: 63 },
    );
  },
  60_000 + RUNS * 400,
);

function histories(): fc.Arbitrary<readonly Step[]> {
  const monitor = fc.constantFrom('a', 'b', 'c');
  const cause = fc.constantFrom<CheckCause>('event', 'waiter', 'operator');
  const atWork = fc.constantFrom('take', 'take', 'take', 'look', 'look', 'renew', 'renew', 'late');
  const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('event'), monitor, cause }) },
    { weight: 8, arbitrary: fc.record({ type: fc.constantFrom('sweep', 'completed', 'failed', 'die'), monitor }) },
    { weight: 10, arbitrary: fc.record({ type: atWork }) },
  );
  return fc.array(step, { maxLength: 40, size: 'max' });
}

/** Every reply and the depth after each step, then all that is still to come. */
async function told(hand: Hand, steps: readonly Step[]): Promise<readonly unknown[]> {
  const played = new Played(hand);
  const story: unknown[] = [];
  for (const step of steps) {
    const reply = await played.play(step);
    story.push({ step, reply, depth: (await hand.queues.depths())['tp-sl'] });
  }
  return [...story, await played.settle()];
}

class Played {
  readonly #hand: Hand;
  readonly #running = new Map<string, Run>();
  readonly #dead: Run[] = [];
  #tokens = 0;
  /** Until the dead job is surely back. Redis gives back several at once in no certain order, so they die one by one. */
  #looksToCome = 0;

  constructor(hand: Hand) {
    this.#hand = hand;
  }

  async play(step: Step): Promise<unknown> {
    if ('monitor' in step) return this.#playFor(step);

    switch (step.type) {
      case 'take':
        return this.#take();
      case 'look':
        this.#looksToCome -= 1;
        return this.#hand.look([...this.#running.values()]);
      case 'renew':
        return this.#hand.renew([...this.#running.values()]);
      case 'late':
        return this.#end(this.#dead.pop(), 'completed');
      default:
        return step satisfies never;
    }
  }

  /** Whatever runs dies and comes back, and everything runs to its end. */
  async settle(): Promise<readonly unknown[]> {
    const story: unknown[] = [];
    for (const monitor of ['', ...this.#running.keys()]) {
      await this.#die(monitor);
      await this.play({ type: 'look' });
      await this.play({ type: 'look' });
    }
    for (let next = await this.#take(); next !== undefined; next = await this.#take()) {
      story.push(next, await this.#playFor({ type: 'completed', monitor: next.slice(0, 1) }));
    }
    return story;
  }

  async #playFor(step: MonitorStep): Promise<unknown> {
    const { monitor } = step;
    switch (step.type) {
      case 'event':
        return this.#hand.queues.wake(aRef(monitor), 'tp-sl', 'event', step.cause);
      case 'sweep':
        return (await this.#hand.queues.wakeMany([aRef(monitor)], 'tp-sl')).map(({ monitorId }) => monitorId);
      case 'completed':
      case 'failed':
        return this.#end(this.#leave(monitor), step.type);
      case 'die':
        return this.#die(monitor);
      default:
        return step satisfies never;
    }
  }

  async #take(): Promise<string | undefined> {
    const run = await this.#hand.take(`hand-${(this.#tokens += 1)}`);
    if (run !== undefined) this.#running.set(run.monitor, run);
    return run?.text;
  }

  async #end(run: Run | undefined, outcome: 'completed' | 'failed'): Promise<string | undefined> {
    return run && this.#hand.end(run, outcome);
  }

  async #die(monitor: string): Promise<unknown> {
    if (this.#looksToCome > 0) return undefined;

    const run = this.#leave(monitor);
    if (run === undefined) return undefined;

    this.#looksToCome = 2;
    this.#dead.push(run);
    return this.#hand.lose(run, [...this.#running.values()]);
  }

  #leave(monitor: string): Run | undefined {
    const run = this.#running.get(monitor);
    this.#running.delete(monitor);
    return run;
  }
}
