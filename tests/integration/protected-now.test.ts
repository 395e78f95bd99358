import { fleetGauges } from '@backstop/maintenance/tasks/fleet-gauges';
import { openFleetMetrics, openMetrics } from '@backstop/runtime';
import { readMonitor, tallyProtection, type Archive } from '@backstop/store';
import { expect, test } from 'vitest';
import { testArchive } from '../support/archive.ts';
import { firstTakeProfitFills } from '../support/hands.ts';
import { adopterDeps, PROTECT } from '../support/adopter.ts';
import { openSite, workUntilCalm } from '../support/repair.ts';
import { diesBeforeDeciding, look, type Site } from '../support/site.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();

/** How the position stands for people, and for the gauges of the fleet. */
async function seen({ seat, ref }: Site, archive: Archive): Promise<object> {
  const metrics = openMetrics('test');
  const parts = await adopterDeps(rig(), seat, { archive, adoption: PROTECT });
  const idle = { queues: rig().queues, count: () => undefined, followReactions: () => undefined, since: () => 1_000 };
  await fleetGauges({ ...parts, ...idle, exchangeOf: seat.exchangeOf, fleet: openFleetMetrics(metrics) });
  const text = await metrics.registry.metrics();
  const monitor = await readMonitor(rig().redis, ref.monitorId);
  return {
    picture: monitor?.protection,
    tally: tallyProtection(monitor === undefined ? [] : [monitor]),
    covered: /positions\{.*protected="true".*\} 1/.test(text),
    naked: /positions\{.*protected="false".*\} 1/.test(text),
    seconds: /unprotected_position_seconds_total\{.*looser than wanted.*\} 1/.test(text),
  };
}

test('S-05 past its take-profit a position under the planned stop is unprotected, for people and for gauges, until it has moved', async () => {
  await using folder = await testArchive();
  const archive = await folder.open();
  const site = await openSite(rig());
  const whole = { picture: 'protected', tally: { open: 1, protected: 1, unknown: 0 } };
  expect(await seen(site, archive)).toEqual({ ...whole, covered: true, naked: false, seconds: false });

  await firstTakeProfitFills(site);
  await diesBeforeDeciding(site);
  await look(site);
  expect(await seen(site, archive)).toEqual({
    picture: { missing: 'the stop is looser than wanted' },
    tally: { open: 1, protected: 0, unknown: 0 },
    covered: false,
    naked: true,
    seconds: true,
  });

  await workUntilCalm(site, { ends: { legs: ['t2', 't3', 't4'], stop: '100.12' } });
  expect(await seen(site, archive)).toEqual({ ...whole, covered: true, naked: false, seconds: false });
});
