import { LANES, type Lane } from '@backstop/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type * as checkJob from '../src/check-job.ts';
import type { CheckCause } from '../src/index.ts';
import { startRedis, type TestRedis } from '../testing/redis-server.ts';
import { aRef, realSide, twinSide, type Picture, type Side } from './twin-queues-sides.ts';

const MONITORS = ['a', 'b', 'c', 'd'];
const COMMANDS = 15;
const RUNS = Number(process.env['FC_RUNS'] ?? 120);

type Command =
  | { readonly type: 'event'; readonly lane: Lane; readonly monitor: string; readonly cause: CheckCause }
  | { readonly type: 'sweep' | 'end' | 'fail'; readonly lane: Lane; readonly monitor: string }
  | { readonly type: 'sweeps'; readonly lane: Lane; readonly monitors: readonly string[] }
  | { readonly type: 'room' | 'worker'; readonly lane: Lane; readonly concurrency: number };

/** No history has time in it: however slow the machine is, no lock runs out, no look finds a job lost, no command is given up. */
vi.mock('../src/check-job.ts', async (original) => {
  const job = await original<typeof checkJob>();
  const longMs = 3_600_000;
  return {
    ...job,
    CHECK_WORKER_OPTIONS: { ...job.CHECK_WORKER_OPTIONS, lockDuration: longMs, stalledInterval: longMs },
  };
});
vi.mock(import('../src/redis.ts'), async (original) => {
  const redis = await original();
  const patient: typeof redis.connectRedis = (url, name) =>
    redis.connectRedis(url, name).duplicate({ commandTimeout: undefined });
  return { ...redis, connectRedis: patient };
});

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

test.for([
  { concurrency: 1, seed: 61 },
  { concurrency: 2, seed: 62 },
])(
  'in every history of wakes, ends, failures and new workers the twin says and runs what BullMQ does ($concurrency at a time)',
  { timeout: 60_000 + RUNS * 400 },
  async ({ concurrency, seed }) => {
    await using real = realSide(server);
    for (const lane of LANES) await real.open(lane, concurrency);
    await fc.assert(
      fc.asyncProperty(histories(), async (commands) => {
        await server.redis.flushdb();
        await using twin = twinSide();
        for (const lane of LANES) await twin.open(lane, concurrency);
        expect(await told(twin, commands)).toEqual(await told(real, commands));
      }),
      { numRuns: RUNS, seed },
    );
  },
);

function histories(): fc.Arbitrary<readonly Command[]> {
  const monitor = fc.constantFrom(...MONITORS);
  const lane = fc.constantFrom<Lane>('tp-sl', 'tp-sl', 'tp-sl', 'limit-order');
  const concurrency = fc.integer({ min: 1, max: 3 });
  const cause = fc.constantFrom<CheckCause>('event', 'waiter', 'operator');
  const command = fc.oneof<fc.WeightedArbitrary<Command>[]>(
    { weight: 7, arbitrary: fc.record({ type: fc.constant('event'), lane, monitor, cause }) },
    { weight: 10, arbitrary: fc.record({ type: fc.constantFrom('sweep', 'end', 'end', 'fail'), lane, monitor }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('sweeps'), lane, monitors: fc.array(monitor) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('room', 'room', 'worker'), lane, concurrency }) },
  );
  return fc.array(command, { maxLength: 2 * COMMANDS, size: 'max' });
}

/** Every reply, the picture after each command, and what starts when all is let run to its end. */
async function told(side: Side, commands: readonly Command[]): Promise<readonly unknown[]> {
  const story: { readonly command: Command; readonly reply: unknown; readonly after: Picture }[] = [];
  const extra: (() => Promise<void>)[] = [];
  for (const command of commands) {
    const reply = await give(side, command, extra);
    story.push({ command, reply, after: await side.quiet() });
  }
  const drained = await side.drain();
  for (const close of extra) await close();
  return [...story, drained];
}

async function give(side: Side, command: Command, extra: (() => Promise<void>)[]): Promise<unknown> {
  const { type, lane } = command;
  switch (type) {
    case 'event':
      return side.queues.wake(aRef(command.monitor), lane, 'event', command.cause);
    case 'sweep':
      return side.queues.wake(aRef(command.monitor), lane, 'sweep', 'due');
    case 'sweeps':
      return (await side.queues.wakeMany(command.monitors.map(aRef), lane)).map(({ monitorId }) => monitorId);
    case 'end':
    case 'fail':
      return side.end(lane, command.monitor, type);
    case 'room':
      return side.queues.sweepRoom(lane, command.concurrency);
    case 'worker':
      return void extra.push(await side.open(lane, command.concurrency));
    default:
      return command satisfies never;
  }
}
