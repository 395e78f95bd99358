import { runProgram } from '@backstop/cli/program';
import { adoptPositions } from '@backstop/maintenance/tasks/adopt-positions';
import { accountKeys, listActive, type MonitorRef } from '@backstop/store';
import { expect, test } from 'vitest';
import { adopterDeps, PROTECT } from '../support/adopter.ts';
import { testArchive } from '../support/archive.ts';
import { planOn } from '../support/plans.ts';
import { SOON, untilProtected } from '../support/protect.ts';
import {
  checkAgain,
  expectStanding,
  faultsSince,
  makeDue,
  mutations,
  openSite,
  workUntilCalm,
} from '../support/repair.ts';
import { happens, look, named, planned, strike, type Site } from '../support/site.ts';
import { openPosition } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';
import { SYMBOLS } from '../support/venue.ts';
import { WHOLE } from '../support/wreck.ts';

const rig = useRig();

/** The same plan on the other account, carried out as well. */
async function openMirror(site: Site): Promise<Site> {
  const plan = planOn('other', 0);
  const ref = await rig().accept(plan);
  rig().work([site.seat]);
  await untilProtected(rig(), ref, WHOLE);
  await rig().rest();
  const mirror = { ...site, plan, ref, exchange: site.seat.exchangeOf('other') };
  await checkAgain(site, 'fresh');
  return mirror;
}

test('F-04 a mirrored account that has diverged is named alone and put right alone, by its own numbers', async () => {
  const site = await openSite(rig());
  const mirror = await openMirror(site);
  await happens(mirror, 'manual-close', { qty: '40' });
  await happens(mirror, 'manual-cancel-stop');
  await look(site);
  expect(await named(rig())).toEqual(['other SizeUnexplained', 'other StopMissing']);
  expect(await planned(site)).toEqual(['set-stop stop: no stop']);

  const before = await rig().venue.truth();
  await workUntilCalm(site, { ends: WHOLE });
  await expectStanding(site, WHOLE);
  await expectStanding(mirror, WHOLE);
  const after = await rig().venue.truth();
  expect(openPosition(after, site.ref)).toMatchObject({ size: '100' });
  expect(openPosition(after, mirror.ref)).toMatchObject({ size: '60' });
  expect(mutations(after, 'main')).toBe(mutations(before, 'main'));
  expect(faultsSince(before, after)).toEqual([]);
});

test('S-23 a position that somebody turned round ends its plan: nothing is sent for it, and it is left to its owner', async () => {
  const site = await openSite(rig());
  const { account, symbol } = site.ref;
  await rig().venue.trade({ account, symbol, side: 'Sell', qty: '250', orderType: 'Market' });
  await look(site);
  expect(await named(rig())).toEqual(['PositionTurned', 'SizeUnexplained']);
  const before = await rig().venue.truth();
  await workUntilCalm(site, { ends: 'closed', remains: ['PositionWithoutMonitor'] });
  await expectStanding(site, 'closed');

  const after = await rig().venue.truth();
  expect(openPosition(after, site.ref)).toMatchObject({ side: 'Sell', size: '150', stopLoss: '' });
  expect(mutations(after) - mutations(before)).toBe(1); // the entry that still rested goes
  await happens(site, 'manual-close');
  await look(site);
  expect(await named(rig())).toEqual([]);
});

test('F-31 a position that nobody attends is protected where its account is set to adopt it, and no anomaly is left', async () => {
  await using folder = await testArchive();
  const archive = await folder.open();
  const site = await openSite(rig());
  const place = { account: 'main', symbol: SYMBOLS[1] ?? '', positionIdx: 0 };
  await rig().venue.trade({ ...place, side: 'Buy', qty: '30', orderType: 'Market' });
  await look(site);
  expect(await named(rig())).toEqual(['PositionWithoutMonitor']);

  const deps = await adopterDeps(rig(), site.seat, { archive, adoption: PROTECT });
  const adopted = async (): Promise<number> => {
    await adoptPositions(deps, AbortSignal.timeout(5_000), { readEveryMs: 300, provenAfterMs: 200 });
    return (await listActive(rig().redis, 'main')).length;
  };
  await expect.poll(adopted, { timeout: 15_000, interval: 100 }).toBe(2);
  await look(site);
  expect(await named(rig())).toEqual(['StopMissing']);
  expect(await planned(site)).toEqual(['set-stop stop: no stop']);
  await workUntilCalm(site, { ends: WHOLE });
  expect(openPosition(await rig().venue.truth(), place)).toMatchObject({ size: '30', stopLoss: '90' });
  await expectStanding(site, WHOLE);
});

/** Both stops are gone when the key of `main` is not taken any more. */
async function stopless(): Promise<readonly [Site, Site]> {
  const site = await openSite(rig());
  const mirror = await openMirror(site);
  await happens(site, 'manual-cancel-stop');
  await happens(mirror, 'manual-cancel-stop');
  await look(site);
  expect(await named(rig())).toEqual(['StopMissing', 'other StopMissing']);
  return [site, mirror];
}

/** The other account is put right all the same. */
async function untilOtherStands({ ref }: Site): Promise<void> {
  await expect.poll(async () => openPosition(await rig().venue.truth(), ref)?.stopLoss, SOON).toBe('90');
}

async function whySays({ monitorId }: MonitorRef): Promise<string> {
  const lines: string[] = [];
  const print = (text: string): void => void lines.push(text);
  const env = { REDIS_URL: rig().redisUrl };
  await runProgram(['why', monitorId], { env, signal: AbortSignal.timeout(10_000), print, warn: print });
  return lines.join('\n');
}

/** As if nothing had been refused for a minute. */
async function forgetRefusals(): Promise<void> {
  await rig().redis.del(accountKeys('main').refusal);
}

test('a permission that is missing pauses one account: named, its writes wait, the other goes on; over when it is given', async () => {
  const [site, mirror] = await stopless();
  await strike(rig(), { kind: 'refusal', account: 'main', endpoint: 'position/trading-stop', retCode: 10_005 });
  await makeDue(rig());
  rig().work([site.seat]);
  await untilOtherStands(mirror);
  await expect.poll(() => named(rig()), SOON).toEqual(['KeyRefused', 'StopMissing']);
  const told = await whySays(site.ref);
  expect(told).toMatch(/KeyRefused +account +[\d.]+ s ago +[\d.]+ s ago +\d+ requests refused/);
  expect(told).toMatch(/Paused +account +[\d.]+ s ago +[\d.]+ s ago +its key is refused/);
  expect(told).toMatch(/writes are held back for at most [\d.]+ s, then tried again|sends it/);
  await expect.poll(() => whySays(mirror.ref), SOON).toContain('no conditions');

  await rig().venue.clearFaults();
  await rig().rest();
  await forgetRefusals();
  await workUntilCalm(site, { ends: WHOLE });
  await expectStanding(site, WHOLE);
  await expectStanding(mirror, WHOLE);
});

test('a key that is revoked: nothing is decided for its account, the other goes on; a new key ends it', async () => {
  const [site, mirror] = await stopless();
  await rig().venue.fault({ kind: 'key-revoked', account: 'main' });
  await rig().forget(site.ref);
  await makeDue(rig());
  const before = mutations(await rig().venue.truth(), 'main');
  rig().work([site.seat]);
  await untilOtherStands(mirror);
  await expect.poll(() => named(rig()), SOON).toEqual(['AccountUnread', 'Blind', 'FactsUnknown', 'KeyRefused']);
  expect(await whySays(site.ref)).toMatch(/Paused +account/);
  expect(mutations(await rig().venue.truth(), 'main')).toBe(before);

  await rig().venue.clearFaults();
  await rig().rest();
  await forgetRefusals();
  await workUntilCalm(site, { ends: WHOLE });
  await expectStanding(site, WHOLE);
});
