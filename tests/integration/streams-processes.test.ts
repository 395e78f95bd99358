import {
  listActive,
  listProcesses,
  peekCheck,
  putPlans,
  readStreams,
  setAccounts,
  type MonitorRef,
} from '@backstop/store';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { withStates } from '../support/desk-rig.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { restingPlan } from '../support/plans.ts';
import { startVenue, type Venue } from '../support/venue.ts';

/** Processes start slowly on a machine that is busy with other things. */
const SOON = { timeout: 30_000, interval: 50 } as const;
const ACCOUNTS = Array.from({ length: 8 }, (_, index) => `account-${index}`);
const ONE = 10n ** 12n;

let venue: Venue;
let fleet: Fleet;
beforeAll(async () => {
  venue = await startVenue({ accounts: ACCOUNTS });
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await venue.reset();
});
afterAll(() => venue[Symbol.asyncDispose]());

/** account -> the process whose stream vouches for it. */
async function holders(): Promise<Readonly<Record<string, string | undefined>>> {
  const streams = await readStreams(fleet.redis, ACCOUNTS);
  return Object.fromEntries(streams.map(({ account, synced, owner }) => [account, synced ? owner : undefined]));
}

/** Waits until every account is in sync, and these processes are the ones that hold them. */
async function untilHeldBy(...names: readonly string[]): Promise<Readonly<Record<string, string | undefined>>> {
  await expect.poll(async () => new Set(Object.values(await holders())), SOON).toEqual(new Set(names));
  return holders();
}

/** Starts processes of these names, and waits until they hold all accounts. */
async function start(...names: readonly string[]): ReturnType<typeof untilHeldBy> {
  fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
  for (const name of names) fleet.start('stream', name);
  return untilHeldBy(...names);
}

/** Starts one process alone, and waits until it vouches for a position of 3; resolves with whose that is. */
async function startWithPosition(): Promise<MonitorRef> {
  await start('stream-1');
  const ref = await accept(ACCOUNTS[0] ?? '');
  await buy(ref.account, ref.symbol);
  await expect.poll(() => sizeOf(ref), SOON).toBe(3n * ONE);
  return ref;
}

/** Waits until the only process is ready; resolves with where it says so. */
async function untilReady(): Promise<string> {
  const [first] = await listProcesses(fleet.redis);
  if (first === undefined) throw new Error('no process beats');
  const url = `${first.url}/readyz`;
  await expect.poll(() => statusOf(url), SOON).toBe(200);
  return url;
}

describe('stream processes', { timeout: 120_000 }, () => {
  test('who joins takes only its share, who is killed is taken over, and what happened meanwhile is there', async () => {
    const alone = await start('stream-1');
    const ref = await accept(ACCOUNTS[0] ?? '');

    const second = fleet.start('stream', 'stream-2');
    const shared = await untilHeldBy('stream-1', 'stream-2');
    const third = fleet.start('stream', 'stream-3');
    const spread = await untilHeldBy('stream-1', 'stream-2', 'stream-3');
    const moved = ACCOUNTS.filter((account) => spread[account] !== shared[account]);
    expect(new Set(moved.map((account) => spread[account]))).toEqual(new Set(['stream-3']));
    expect(Object.keys(alone)).toEqual(ACCOUNTS);

    second.kill('SIGKILL');
    third.kill('SIGKILL');
    await Promise.all([second.exited, third.exited]);
    for (const account of ACCOUNTS) await buy(account, ref.symbol);
    await untilHeldBy('stream-1');
    await expect.poll(() => sizeOf(ref), SOON).toBe(3n * ONE);
    await buy(ref.account, ref.symbol);
    await expect.poll(() => sizeOf(ref), SOON).toBe(6n * ONE);
  });

  test('a process that was stopped vouches for nothing when it comes back, until it has read anew', async () => {
    const ref = await startWithPosition();
    const [stopped] = fleet.services;
    stopped?.kill('SIGSTOP');
    await expect.poll(async () => (await readStreams(fleet.redis, [ref.account]))[0]?.live, SOON).toBe(false);
    expect(await sizeOf(ref)).toBe(undefined);

    await buy(ref.account, ref.symbol);
    stopped?.kill('SIGCONT');
    const vouched = new Set<bigint | undefined>();
    await expect.poll(async () => vouched.add(await sizeOf(ref)).has(6n * ONE), { ...SOON, interval: 1 }).toBe(true);
    expect(vouched).toEqual(new Set([undefined, 6n * ONE]));
  });

  test('the accounts of a stopped process are taken over, and it takes its share again when it comes back', async () => {
    const before = await start('stream-1', 'stream-2');
    const [first] = fleet.services;
    first?.kill('SIGSTOP');
    await untilHeldBy('stream-2');
    first?.kill('SIGCONT');
    expect(await untilHeldBy('stream-1', 'stream-2')).toEqual(before);
  });

  test('Redis is killed while frames come: nothing vouches, nobody ends, and all is right when it is back', async () => {
    const ref = await startWithPosition();
    const url = await untilReady();

    await fleet.killRedis();
    await buy(ref.account, ref.symbol);
    await expect.poll(() => statusOf(url), SOON).toBe(503);
    await fleet.reviveRedis();
    await expect.poll(() => sizeOf(ref), SOON).toBe(6n * ONE);
    await untilHeldBy('stream-1');
    await expect.poll(() => statusOf(url), SOON).toBe(200);
    expect(fleet.services.map(({ isRunning }) => isRunning())).toEqual([true]);
  });

  test('Redis is stopped while frames come: what it was not told of is there when it runs on', async () => {
    const ref = await startWithPosition();
    const url = await untilReady();
    const pid = Number(/process_id:(\d+)/.exec(await fleet.redis.info('server'))?.[1]);

    process.kill(pid, 'SIGSTOP');
    try {
      await buy(ref.account, ref.symbol);
      await expect.poll(() => statusOf(url), SOON).toBe(503);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await expect.poll(() => sizeOf(ref), SOON).toBe(6n * ONE);
    await untilHeldBy('stream-1');
    await expect.poll(() => statusOf(url), SOON).toBe(200);
  });

  test('a SIGTERM ends a process also while Redis is away', async () => {
    await start('stream-1');
    await fleet.killRedis();
    const [only] = fleet.services;
    only?.kill('SIGTERM');
    expect(await only?.exited).toBe(0);
  });

  test('a SIGTERM gives the accounts up at once, within 8 s and with exit code 0', async () => {
    await start('stream-1', 'stream-2');
    const [first] = fleet.services;
    const startedMs = performance.now();
    first?.kill('SIGTERM');
    expect(await first?.exited).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    expect(Object.values(await holders())).not.toContain('stream-1');
    await untilHeldBy('stream-2');
  });
});

async function accept(account: string): Promise<MonitorRef> {
  await setAccounts(fleet.redis, ACCOUNTS);
  await putPlans(fleet.redis, [withStates(restingPlan(account, 0))]);
  const [ref] = await listActive(fleet.redis, account);
  if (ref === undefined) throw new Error('the plan was not accepted');
  return ref;
}

async function buy(account: string, symbol: string): Promise<void> {
  await venue.trade({ account, symbol, side: 'Buy', qty: '3', orderType: 'Market' });
}

/** Of the row that a live stream vouches for. */
async function sizeOf(ref: MonitorRef): Promise<bigint | undefined> {
  const { position } = await peekCheck(fleet.redis, ref);
  return position.kind === 'row' && position.vouched ? position.value?.size : undefined;
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}
