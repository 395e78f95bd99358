import { bucketOf, flushCache, listRounds, outboxSize, peekCheck, readStreams, redisTimeMs } from '@backstop/store';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BREAKEVEN, startStreamedFleet, UNHARMED, type StreamedFleet } from '../support/streamed-fleet.ts';
import { strike } from '../support/site.ts';
import { untilSynced } from '../support/streams.ts';

const SOON = { timeout: 60_000, interval: 50 } as const;
/** How far lists lie behind frames, or these behind lists. */
const LATE_MS = 1_500;

/** One fleet for all tests: each has symbols of its own, and leaves one process of each service and no fault. */
let run: StreamedFleet;
beforeAll(async () => {
  run = await startStreamedFleet();
});
afterEach(() => run.venue.clearFaults());
afterAll(() => run[Symbol.asyncDispose]());

describe('processes with private streams', { timeout: 240_000 }, () => {
  test('two schedulers, of which one is killed while fills come: all of them are acted on, once, and rounds go on', async () => {
    const { venue, fleet } = run;
    const first = run.sole('scheduler');
    await run.start('scheduler', 'scheduler-2');
    const refs = await Promise.all([0, 1, 2, 3].map((index) => run.open(index)));
    const [before, after] = [refs.slice(0, 2), refs.slice(2)];

    for (const { symbol } of before) await venue.price(symbol, '110');
    await run.end(first, 'SIGKILL');
    for (const { symbol } of after) await venue.price(symbol, '110');
    const rounds = (await listRounds(fleet.redis, 200)).length;
    for (const ref of refs) await run.untilStands(ref, ['t2', 't3', 't4'], BREAKEVEN);
    await expect.poll(async () => (await listRounds(fleet.redis, 200)).length, SOON).toBeGreaterThan(rounds);
    expect(await run.harm()).toEqual(UNHARMED);
  });

  test('REST behind the stream: lists that still show what frames have ended undo nothing, and what both missed is found', async () => {
    const { venue } = run;
    const ref = await run.open(6);

    await venue.fault({ kind: 'stale-reads', account: 'main', ms: LATE_MS });
    await venue.price(ref.symbol, '110');
    await run.untilStands(ref, ['t2', 't3', 't4'], BREAKEVEN); // frames alone
    await strike(run, { kind: 'socket-cut', account: 'main' });
    await venue.price(ref.symbol, '115'); // neither told nor listed yet
    await run.untilStands(ref, ['t3', 't4'], '110');
    await venue.clearFaults();
    await venue.price(ref.symbol, '120');
    await run.untilStands(ref, ['t4'], '115');
    expect(await run.harm()).toEqual(UNHARMED);
  });

  test('the stream behind REST: frames that come after a read has shown more undo nothing', async () => {
    const { venue, fleet } = run;
    const ref = await run.open(7);

    await venue.fault({ kind: 'frame-delayed', account: 'main', ms: LATE_MS });
    await venue.price(ref.symbol, '110');
    await strike(run, { kind: 'socket-cut', account: 'main' }); // the account is read, and then come the frames from before
    await run.untilStands(ref, ['t2', 't3', 't4'], BREAKEVEN);
    await untilSynced(fleet.redis);
    await venue.price(ref.symbol, '115');
    await strike(run, { kind: 'socket-cut', account: 'main' });
    await venue.clearFaults();
    await venue.price(ref.symbol, '120'); // its frames go ahead of those of the fill before
    const { nowMs } = await venue.truth();
    await run.untilStands(ref, ['t4'], '115');
    await expect.poll(async () => (await venue.truth()).nowMs, SOON).toBeGreaterThan(nowMs + LATE_MS); // all have come by now
    await untilSynced(fleet.redis);
    await run.untilStands(ref, ['t4'], '115');
    expect(await run.harm()).toEqual(UNHARMED);
  });

  /**
   * Stands for a stop of any length, 60 s among them: what it brings about is awaited instead of a time. The lock is lost and taken
   * (2 s), the intent is past its deadline (3.5 s), the process counts as dead (3 s), another one has decided and sent, twice.
   * Nothing more happens to a stopped worker afterwards: rows grow old in Redis, by its clock.
   */
  test('a worker is stopped with a request under way until another one has done its work: running on it sends nothing', async () => {
    const { venue, fleet } = run;
    const ref = await run.open(8);
    const stopped = run.sole('worker');
    await venue.fault({ kind: 'latency', endpoint: 'position/trading-stop', ms: 1_500, count: 1 });
    await venue.price(ref.symbol, '110');
    await expect.poll(() => venue.hits(), { ...SOON, interval: 5 }).toEqual([1]);
    stopped.kill('SIGSTOP');
    const { intents } = await peekCheck(fleet.redis, ref);
    const deadlineMs = Math.max(...intents.map((intent) => intent.deadlineMs));
    expect(intents.length).toBeGreaterThan(0);

    await venue.price(ref.symbol, '115');
    await run.start('worker', 'worker-2');
    await run.untilStands(ref, ['t3', 't4'], '110');
    await expect.poll(async () => (await redisTimeMs(fleet.redis)) > deadlineMs, SOON).toBe(true);
    await expect.poll(async () => (await peekCheck(fleet.redis, ref)).intents, SOON).toEqual([]);
    const sent = (await venue.truth()).requests;

    stopped.kill('SIGCONT');
    await run.untilBeating(stopped.name);
    expect((await venue.truth()).requests.filter(isWrite)).toEqual(sent.filter(isWrite));
    await venue.price(ref.symbol, '120');
    await run.untilStands(ref, ['t4'], '115');
    await run.end(stopped, 'SIGTERM');
    expect(await run.harm()).toEqual(UNHARMED);
  });

  /** Stands for any length in the same way: its lease (4 s) has run out, and another process has joined and told of a fill. */
  test('a stream process is stopped while fills come until another one has taken over: what it then tells late undoes nothing', async () => {
    const { venue, fleet } = run;
    const ref = await run.open(9);
    const stopped = run.sole('stream');
    stopped.kill('SIGSTOP');
    await venue.price(ref.symbol, '110'); // told to the stopped one alone
    await run.start('stream', 'stream-2');
    const owners = async (): Promise<readonly unknown[]> =>
      (await readStreams(fleet.redis, ['main', 'other'])).map(({ owner, synced }) => synced && owner);
    await expect.poll(owners, SOON).toEqual(['stream-2', 'stream-2']);
    await run.untilStands(ref, ['t2', 't3', 't4'], BREAKEVEN);
    await venue.price(ref.symbol, '115');
    await run.untilStands(ref, ['t3', 't4'], '110');

    stopped.kill('SIGCONT');
    await run.untilBeating(stopped.name);
    await venue.price(ref.symbol, '120');
    await run.untilStands(ref, ['t4'], '115');
    await untilSynced(fleet.redis);
    await run.end(stopped, 'SIGTERM');
    expect(await run.harm()).toEqual(UNHARMED);
  });

  test('a worker with a request under way and the stream process are killed while fills come: others go on with it', async () => {
    const { venue } = run;
    const ref = await run.open(4);
    await venue.fault({ kind: 'latency', endpoint: 'position/trading-stop', ms: 1_500, count: 1 });
    await venue.price(ref.symbol, '110');
    await expect.poll(() => venue.hits(), { ...SOON, interval: 5 }).toEqual([1]);
    await Promise.all([run.end(run.sole('worker'), 'SIGKILL'), run.end(run.sole('stream'), 'SIGKILL')]);
    await venue.price(ref.symbol, '115');
    await Promise.all([run.start('worker', 'worker-3'), run.start('stream', 'stream-3')]);
    await run.untilStands(ref, ['t3', 't4'], '110');
    await venue.price(ref.symbol, '120');
    await run.untilStands(ref, ['t4'], '115');
    expect(await run.harm()).toEqual(UNHARMED);
  });

  test('the cache is flushed while fills come: all of them are acted on, once', async () => {
    const { venue, fleet } = run;
    const ref = await run.open(10);
    await venue.price(ref.symbol, '110');
    await flushCache(fleet.redis);
    await venue.price(ref.symbol, '115');
    await flushCache(fleet.redis);
    await run.untilStands(ref, ['t3', 't4'], '110');
    await venue.price(ref.symbol, '120');
    await run.untilStands(ref, ['t4'], '115');
    expect(await run.harm()).toEqual(UNHARMED);
  });

  test('F-14 Redis loses everything while fills come: plans and streams are back, and all fills are acted on, once', async () => {
    const { venue, fleet } = run;
    const ref = await run.open(11);
    await expect.poll(async () => (await outboxSize(fleet.redis, bucketOf(ref.account))).count, SOON).toBe(0); // archived
    await venue.price(ref.symbol, '110');
    await fleet.redis.flushall();
    await venue.price(ref.symbol, '115');
    await run.untilStands(ref, ['t3', 't4'], '110');
    await venue.price(ref.symbol, '120');
    await run.untilStands(ref, ['t4'], '115');
    expect(await run.harm()).toEqual(UNHARMED);
  });
});

function isWrite({ endpoint }: { readonly endpoint: string }): boolean {
  return /create|amend|cancel|trading-stop/.test(endpoint);
}
