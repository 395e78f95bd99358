import {
  flushCache,
  listProcesses,
  monitorReport,
  putPlans,
  readAccounts,
  readMonitor,
  setDueNow,
  type MonitorRef,
} from '@backstop/store';
import { expect, test } from 'vitest';
import { withStates } from '../support/desk-rig.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { restingPlan } from '../support/plans.ts';
import { strike } from '../support/site.ts';
import { startVenue } from '../support/venue.ts';

/** Processes start slowly on a machine that is busy with other things. */
const SOON = { timeout: 60_000, interval: 100 } as const;

async function accountLevels({ redis }: Fleet, ref: MonitorRef): Promise<readonly object[]> {
  const monitor = await readMonitor(redis, ref.monitorId);
  if (monitor === undefined) return [];
  const account = (await readAccounts(redis, [monitor])).find(({ name }) => name === ref.account);
  const { conditions } = monitorReport(monitor, { account, installation: undefined });
  return conditions.flatMap(({ scope, name, detail }) => (scope === 'account' ? [{ name, detail }] : []));
}

/** Has both accounts read now, and not when their rows are too old. */
async function readNow({ redis }: Fleet, refs: readonly MonitorRef[]): Promise<void> {
  await flushCache(redis);
  await Promise.all(refs.map((ref) => setDueNow(redis, ref, 'tp-sl')));
}

test('S-32 an account whose exchange shows another time than the workers is told of, alone, until the clocks agree', async () => {
  await using venue = await startVenue();
  await using fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
  for (const service of ['maintenance', 'scheduler', 'worker'] as const) fleet.start(service, service);
  await expect.poll(async () => (await listProcesses(fleet.redis)).length, SOON).toBe(3);
  const plans = [restingPlan('main', 0), restingPlan('other', 1)];
  const { accepted } = await putPlans(fleet.redis, plans.map(withStates));
  const [main, other] = ['main', 'other'].map((account) => accepted.find((ref) => ref.account === account));
  if (main === undefined || other === undefined) throw new Error('a plan was not accepted');
  await expect.poll(async () => (await venue.truth()).openOrders.length, SOON).toBe(2);
  expect(await accountLevels(fleet, main)).toEqual([]);

  await strike({ venue }, { kind: 'clock-skew', account: 'main', ms: 600 });
  await readNow(fleet, accepted);
  const skew = {
    name: 'Skew',
    detail: expect.stringMatching(/^the clock of a worker is off the exchange's by [4-8]\d\d ms$/),
  };
  await expect.poll(() => accountLevels(fleet, main), SOON).toEqual([skew]);
  expect(await accountLevels(fleet, other)).toEqual([]);

  await venue.clearFaults();
  await readNow(fleet, accepted);
  await expect.poll(() => accountLevels(fleet, main), SOON).toEqual([]);
}, 150_000);
