import type { Plan } from '@backstop/core';
import { limitEntry, marketEntry } from '@backstop/core/testing';
import {
  bucketOf,
  listActive,
  listProcesses,
  listRounds,
  type MonitorRef,
  outboxSize,
  putPlans,
} from '@backstop/store';
import { freePort } from '@backstop/store/testing';
import { describe, expect, test } from 'vitest';
import { withStates } from '../support/desk-rig.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { marketPlan, planOn } from '../support/plans.ts';
import { openLegs, openPosition } from '../support/truth.ts';
import { startVenue, type Venue } from '../support/venue.ts';

/** Processes start slowly on a machine that is busy with other things. */
const START = { timeout: 60_000, interval: 100 } as const;
/** How long a fleet may take for what it does by itself; prices are read each 5 s, and what failed is retried as often. */
const SOON = { timeout: 25_000, interval: 100 } as const;
const LADDER = ['t1', 't2'];

async function accept({ redis }: Fleet, ...plans: readonly Plan[]): Promise<readonly MonitorRef[]> {
  const { accepted } = await putPlans(redis, plans.map(withStates));
  return plans.flatMap(({ id }) => accepted.filter(({ monitorId }) => monitorId === id));
}

async function startServices(fleet: Fleet, workers = 2): Promise<void> {
  fleet.start('maintenance', 'maintenance');
  fleet.start('scheduler', 'scheduler');
  for (let worker = 1; worker <= workers; worker += 1) fleet.start('worker', `worker-${worker}`);
  await expect
    .poll(async () => ({ died: died(fleet), beating: (await listProcesses(fleet.redis)).length }), START)
    .toEqual({ died: [], beating: workers + 2 });
}

async function untilStands(
  venue: Venue,
  refs: readonly MonitorRef[],
  legs: readonly string[],
  stop = '90',
): Promise<void> {
  for (const ref of refs) {
    await expect.poll(async () => openLegs(await venue.truth(), ref), SOON).toEqual(legs);
    await expect.poll(async () => openPosition(await venue.truth(), ref)?.stopLoss, SOON).toBe(stop);
  }
}

/** A fleet at work on a position with its whole ladder, and an entry that still rests. */
async function openWithEntry(venue: Venue, fleet: Fleet): Promise<{ plan: Plan; refs: readonly MonitorRef[] }> {
  await startServices(fleet);
  const plan = planOn('main', 0, { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] });
  const refs = await accept(fleet, plan);
  await untilStands(venue, refs, ['e1', 't1', 't2', 't3', 't4']);
  return { plan, refs };
}

async function expectUnharmed(venue: Venue, fleet: Fleet): Promise<void> {
  expect(died(fleet)).toEqual([]);
  const truth = await venue.truth();
  expect(truth.duplicates).toEqual([]);
  expect(truth.wrongCancels).toEqual([]);
  expect(truth.totals.unprotectedMs).toBe(0);
}

async function readiness({ redis }: Fleet): Promise<readonly string[]> {
  return (await listProcesses(redis)).map(({ url }) => `${url}/readyz`);
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

function died({ services }: Fleet): readonly string[] {
  return services.filter(({ isRunning }) => !isRunning()).map(({ name }) => name);
}

describe('processes', { timeout: 150_000 }, () => {
  test('an exchange that is down at the start is waited for: nothing ends, and the plans are carried out once it is up', async () => {
    const port = await freePort();
    await using accounts = await startVenue(); // only for its credentials
    await using fleet = await startFleet({
      exchangeUrl: `http://127.0.0.1:${port}`,
      accountsFile: accounts.accountsFile,
    });
    await startServices(fleet);
    const refs = await accept(fleet, marketPlan('main', 0), marketPlan('other', 1));
    const [maintenance] = fleet.services;
    await expect.poll(() => maintenance?.lines.some(({ msg }) => msg === 'task failed'), SOON).toBe(true);
    expect(died(fleet)).toEqual([]);

    await using venue = await startVenue({ port });
    await untilStands(venue, refs, LADDER);
    expect(died(fleet)).toEqual([]);
    expect((await venue.truth()).duplicates).toEqual([]);
  });

  test('Redis is killed in mid-run and comes back: nothing ends, nothing is sent twice, and it goes on', async () => {
    await using venue = await startVenue();
    await using fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
    const { plan, refs } = await openWithEntry(venue, fleet);
    const urls = await readiness(fleet);
    expect(await Promise.all(urls.map(statusOf))).toEqual(urls.map(() => 200));

    await fleet.killRedis();
    await expect.poll(() => Promise.all(urls.map(statusOf)), SOON).toEqual(urls.map(() => 503));
    await venue.price(plan.symbol, '110'); // TP1 fills while nobody can see it
    await fleet.reviveRedis();

    await untilStands(venue, refs, ['t2', 't3', 't4'], '100.12');
    await expect.poll(() => Promise.all(urls.map(statusOf)), SOON).toEqual(urls.map(() => 200));
    await expectUnharmed(venue, fleet);
  });

  test('F-14 F-11 Redis loses everything while all runs: plans, letters and executions come back, and nothing is sent twice', async () => {
    await using venue = await startVenue();
    await using fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
    const { plan, refs } = await openWithEntry(venue, fleet);
    await expect.poll(async () => (await outboxSize(fleet.redis, bucketOf('main'))).count, SOON).toBe(0); // archived

    await fleet.redis.flushall();
    await expect.poll(async () => (await listActive(fleet.redis, 'main')).length, SOON).toBe(1);
    await venue.price(plan.symbol, '110'); // TP1 fills: only a monitor that knows its entry moves the stop

    await untilStands(venue, refs, ['t2', 't3', 't4'], '100.12');
    await expectUnharmed(venue, fleet);
  });

  test('F-37 a worker and a scheduler are killed in the middle of their work: others finish it, and nothing is sent twice', async () => {
    await using venue = await startVenue();
    await using fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
    await startServices(fleet, 1);
    const second = fleet.start('scheduler', 'scheduler-2');
    await venue.fault({ kind: 'latency', endpoint: 'order/create-batch', ms: 800, count: 1 });
    const refs = await accept(fleet, marketPlan('main', 0), marketPlan('main', 1));
    await expect.poll(() => venue.hits(), SOON).toEqual([1]); // the stop stands, one ladder is under way, the other is not
    const [, scheduler, worker] = fleet.services;
    worker?.kill('SIGKILL');
    scheduler?.kill('SIGKILL');
    await Promise.all([worker?.exited, scheduler?.exited]);
    const rounds = (await listRounds(fleet.redis, 200)).length;

    fleet.start('worker', 'worker-2');
    await untilStands(venue, refs, LADDER);
    await expect.poll(async () => (await listRounds(fleet.redis, 200)).length, SOON).toBeGreaterThan(rounds);
    expect(second.isRunning()).toBe(true);
    const truth = await venue.truth();
    expect(truth.duplicates).toEqual([]);
    expect(truth.totals.unprotectedMs).toBe(0);
  });

  test('a SIGTERM drains every process within 8 s and with exit code 0, however slow the exchange is', async () => {
    await using venue = await startVenue();
    await using fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
    await startServices(fleet);
    await venue.fault({ kind: 'latency', ms: 3_000, endpoint: 'order/create' });
    await accept(fleet, marketPlan('main', 0), marketPlan('other', 0));
    await expect.poll(async () => (await venue.hits())[0], SOON).toBe(2);

    const startedMs = performance.now();
    for (const { kill } of fleet.services) kill('SIGTERM');
    expect(await Promise.all(fleet.services.map(({ exited }) => exited))).toEqual([0, 0, 0, 0]);
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    const truth = await venue.truth();
    expect(truth.positions.map(({ size }) => size)).toEqual(['100', '100']); // what was under way came to its end
  });
});
