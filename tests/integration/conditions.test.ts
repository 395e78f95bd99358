import {
  accountKeys,
  budgetKeys,
  flushCache,
  monitorReport,
  peekInstallation,
  readAccounts,
  readMonitor,
  redisTimeMs,
  toMember,
  type ConditionLevel,
} from '@backstop/store';
import { expect, test } from 'vitest';
import { SOON } from '../support/protect.ts';
import { breakDown, checkAgain, expectStanding, mutations, openSite, workUntilCalm } from '../support/repair.ts';
import { byHand, happens, look, strike, type Site } from '../support/site.ts';
import { useRig } from '../support/use-rig.ts';
import { WHOLE } from '../support/wreck.ts';

const rig = useRig();
const KNOWN = { since: true, last: true };

/** The levels of the site's monitor, as gateway and `backstop why` show them. */
async function levels({ ref }: Pick<Site, 'ref'>): Promise<readonly ConditionLevel[]> {
  const { redis } = rig();
  const monitor = await readMonitor(redis, ref.monitorId);
  if (monitor === undefined) throw new Error('there is no such monitor');
  const account = (await readAccounts(redis, [monitor])).find(({ name }) => name === ref.account);
  return monitorReport(monitor, { account, installation: await peekInstallation(redis) }).conditions;
}

/** A level that holds, with which of its times are known; undefined = it does not. */
async function level(site: Pick<Site, 'ref'>, wanted: string): Promise<object | undefined> {
  const found = (await levels(site)).find(({ name }) => name === wanted);
  if (found === undefined) return undefined;
  const { sinceMs, lastMs, detail, next, scope } = found;
  return { scope, since: sinceMs !== undefined, last: lastMs !== undefined, detail, next };
}

async function names(site: Pick<Site, 'ref'>): Promise<readonly string[]> {
  return (await levels(site)).map(({ name }) => name).toSorted();
}

/** Its cause is gone: workers bring it to rest, and no level holds. */
async function expectOver(site: Site): Promise<void> {
  await workUntilCalm(site, { ends: WHOLE });
  await look(site);
  await expect.poll(() => names(site), SOON).toEqual([]);
}

test('NoStop and StopRejected: the same refusal three times is told with when it is tried again, and is over with the stop', async () => {
  const site = await openSite(rig());
  await happens(site, 'manual-cancel-stop');
  await strike(rig(), { kind: 'refusal', endpoint: 'position/trading-stop', retCode: 110_013, retMsg: 'not today' });
  await rig().forget(site.ref);
  rig().work([site.seat]);
  await expect.poll(() => names(site), SOON).toContain('StopRejected');
  expect(await level(site, 'StopRejected')).toMatchObject({
    ...KNOWN,
    scope: 'tp-sl',
    detail: expect.stringMatching(/^set-stop:90: 110013 .*not today/),
    next: expect.stringMatching(/^set stop 90 .*refused \d times .*tried again in \d/),
  });
  expect(await level(site, 'NoStop')).toMatchObject({ ...KNOWN, next: expect.stringContaining('set stop 90') });

  await rig().venue.clearFaults();
  await rig().rest();
  await expectOver(site);
  await expectStanding(site, WHOLE);
});

test('Blind: reads that fail again and again are told with when the next one is made, and nothing is decided', async () => {
  const site = await openSite(rig());
  await rig().venue.fault({ kind: 'http-500', account: 'main', endpoint: 'position/list' });
  await rig().forget(site.ref);
  const before = mutations(await rig().venue.truth());
  rig().work([site.seat]);
  await expect.poll(() => names(site), SOON).toEqual(['Blind', 'Stale']);
  expect(await level(site, 'Blind')).toMatchObject({
    ...KNOWN,
    scope: 'account',
    detail: expect.stringContaining('500'),
  });
  expect(await level(site, 'Stale')).toMatchObject({ detail: 'position missing, orders missing' });
  expect(mutations(await rig().venue.truth())).toBe(before);

  await rig().venue.clearFaults();
  await rig().rest();
  await expectOver(site);
});

test('RateLimited: what the exchange refuses for its rate is held back, and goes on by itself', async () => {
  const site = await openSite(rig());
  await rig().venue.fault({ kind: 'rate-limited', account: 'main', endpoint: 'position/list', count: 1 });
  await expect(look(site, ['main'])).rejects.toThrow('main: not read');
  await expect
    .poll(() => level(site, 'RateLimited'), SOON)
    .toMatchObject({
      scope: 'account',
      last: true,
      detail: 'requests of class position-list are held back',
      next: expect.stringMatching(/^they go on in \d/),
    });
  await expect.poll(() => names(site), SOON).not.toContain('RateLimited');
});

test('Paused: an address that the exchange bans sends nothing for any account, and goes on when its time is up', async () => {
  const site = await openSite(rig());
  await rig().venue.fault({ kind: 'forbidden', account: 'main', endpoint: 'position/list', count: 1 });
  await expect(look(site, ['main'])).rejects.toThrow('main: not read');
  await expect
    .poll(() => level(site, 'Paused'), SOON)
    .toMatchObject({
      scope: 'account',
      detail: 'the exchange takes no request from this address',
      next: expect.stringMatching(/^it goes on in 5\d\d/),
    });
  expect(await level({ ref: { ...site.ref, account: 'other' } }, 'Paused')).toBeDefined();
  await expect(look(site, ['other'])).rejects.toThrow('no budget');

  await rig().redis.del(`${budgetKeys.address}:marks`); // as if ten minutes had passed
  await expectOver(site);
});

test('Stale: rows that are gone and a check that is overdue are told, and are over with the next check', async () => {
  const site = await openSite(rig());
  await flushCache(rig().redis);
  expect(await level(site, 'Stale')).toMatchObject({
    scope: 'cache',
    detail: 'position missing, orders missing',
    next: 'the next check reads them from the exchange; nothing is decided before',
  });
  await look(site);
  expect(await names(site)).toEqual([]);

  const minuteAgo = (await redisTimeMs(rig().redis)) - 60_000;
  await rig().redis.zadd(accountKeys('main').checked, minuteAgo, toMember(site.ref));
  expect(await level(site, 'Stale')).toMatchObject({
    ...KNOWN,
    detail: 'last checked 60 s ago',
    next: 'nothing is decided: do workers and scheduler run, is a queue paused?',
  });
  await checkAgain(site, 'fresh');
  expect(await names(site)).toEqual([]);
});

test('SizeMismatch: executions that the exchange does not show yet are told when that lasts, and only the stop is acted on', async () => {
  const site = await openSite(rig());
  await strike(rig(), { kind: 'stale-reads', endpoint: 'execution/list', ms: 60_000 });
  await happens(site, 'manual-close', { qty: '40' });
  await rig().forget(site.ref);
  const before = mutations(await rig().venue.truth());
  rig().work([site.seat]);
  await expect.poll(() => names(site), SOON).toEqual(['SizeMismatch']);
  expect(await level(site, 'SizeMismatch')).toMatchObject({
    ...KNOWN,
    next: 'executions are fetched with each check; only the stop is acted on until they add up',
  });
  expect(mutations(await rig().venue.truth())).toBe(before);

  await rig().venue.clearFaults();
  await rig().rest();
  await expectOver(site);
});

test('ForeignOrder and StopBeyondLiquidation: told while they are there, with what is not done because of them', async () => {
  const site = await openSite(rig());
  const { account, symbol } = site.ref;
  await rig().venue.trade({ account, symbol, side: 'Sell', qty: '7', orderType: 'Limit', price: '150' });
  await breakDown(site, {
    breaks: () => Promise.resolve(),
    bends: ({ positions, orders }) => ({
      positions: positions.map((position) => ({ ...position, liqPrice: (position.stopLoss ?? 0n) + 1n })),
      orders,
    }),
    names: [],
    planned: [],
    ends: WHOLE,
  });
  await checkAgain(site, 'cached');
  expect(await names(site)).toEqual(['ForeignOrder', 'StopBeyondLiquidation']);
  expect(await level(site, 'ForeignOrder')).toMatchObject({ ...KNOWN, next: 'counted, never touched' });
  expect(await level(site, 'StopBeyondLiquidation')).toMatchObject({ ...KNOWN, next: 'no exposure is added' });

  const foreign = (await site.exchange.openOrders({ symbol }, byHand())).filter(
    ({ side, price, reduceOnly }) => side === 'Sell' && !reduceOnly && price !== undefined,
  );
  await site.exchange.cancelOrders(
    foreign.map(({ orderId }) => ({ symbol, orderId })),
    byHand(),
  );
  await checkAgain(site, 'fresh');
  expect(await names(site)).toEqual([]);
});
