import { expect, test } from 'vitest';
import {
  breakDown,
  checkAgain,
  expectStanding,
  faultsSince,
  foreignOrders,
  mutations,
  openSite,
  workUntilCalm,
} from '../support/repair.ts';
import { BENT_WRECKS } from '../support/bent-wrecks.ts';
import { BROKEN_WORLDS } from '../support/broken-worlds.ts';
import { LEFT_WRECKS } from '../support/left-wrecks.ts';
import { REPAIRED_WRECKS } from '../support/repaired-wrecks.ts';
import { look, named, planned } from '../support/site.ts';
import { useRig } from '../support/use-rig.ts';
import { WHOLE } from '../support/wreck.ts';

const rig = useRig();
/** Broken states that end on other accounts or with other owners: `repair-accounts.test.ts`. */
const ELSEWHERE = new Set(['S-23']);

test('each broken state that doctor can name has a case here of how it ends', () => {
  const ended = new Set([...REPAIRED_WRECKS, ...BENT_WRECKS, ...LEFT_WRECKS].map(idOf));
  const open = BROKEN_WORLDS.map(idOf).filter((id) => !ended.has(id) && !ELSEWHERE.has(id));
  expect(open).toEqual([]);
});

test('a clean state gets no change: doctor names nothing, plan keeps everything, and no check sends a request', async () => {
  const site = await openSite(rig());
  expect(await named(rig())).toEqual([]);
  expect(await planned(site)).toEqual([]);
  const before = mutations(await rig().venue.truth());
  await checkAgain(site, 'cached');
  await checkAgain(site, 'fresh');
  expect(mutations(await rig().venue.truth())).toBe(before);
  await expectStanding(site, WHOLE);
});

test.each([...REPAIRED_WRECKS, ...BENT_WRECKS])(
  '%s: named, planned, and put right by the next checks',
  async (_title, wreck) => {
    const site = await openSite(rig(), wreck);
    await breakDown(site, wreck);
    expect(await named(rig())).toEqual(wreck.names);
    expect(await planned(site)).toEqual(wreck.planned);

    const broken = await rig().venue.truth();
    await workUntilCalm(site, wreck);
    await look(site);
    expect(await named(rig())).toEqual(wreck.remains ?? []);
    expect(await planned(site)).toEqual([]);
    await expectStanding(site, wreck.ends);

    const mended = await rig().venue.truth();
    expect(foreignOrders(mended, site.ref)).toEqual(foreignOrders(broken, site.ref));
    expect(faultsSince(broken, mended)).toMatchObject(wreck.cancelsOpener ? [{ kind: 'entry-without-exit' }] : []);
    await checkAgain(site, 'fresh');
    expect(mutations(await rig().venue.truth())).toBe(mutations(mended));
  },
);

test.each(LEFT_WRECKS)('%s: named, nothing is sent, and over when its cause is gone', async (_title, wreck) => {
  const site = await openSite(rig(), wreck);
  await breakDown(site, wreck);
  expect(await named(rig())).toEqual(wreck.names);
  expect(await planned(site)).toEqual(wreck.planned);

  const broken = await rig().venue.truth();
  await checkAgain(site, 'cached');
  if (wreck.bends === undefined) await checkAgain(site, 'fresh');
  const left = await rig().venue.truth();
  expect(mutations(left)).toBe(mutations(broken));
  expect(foreignOrders(left, site.ref)).toEqual(foreignOrders(broken, site.ref));
  expect(await named(rig())).toEqual(wreck.namesSeen ?? wreck.names);

  await wreck.clears?.(site);
  await look(site);
  await workUntilCalm(site, wreck);
  await expectStanding(site, wreck.ends);
});

/** The first word of a title: the failure mode or rule that it is about. */
function idOf([title]: readonly [title: string, ...rest: readonly unknown[]]): string {
  return title.split(' ')[0] ?? '';
}
