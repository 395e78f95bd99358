import { LANES, decimal, type Decimal } from '@backstop/core';
import { listActive, readMonitors, setAccounts, setDueNow, type MonitorRef } from '@backstop/store';
import { expect } from 'vitest';
import type { DeskRig } from './desk-rig.ts';
import { planOn } from './plans.ts';
import { protect, SOON } from './protect.ts';
import { list } from './seed.ts';
import { byHand, look, named, planned, type Site } from './site.ts';
import { isAt, legOf, openLegs, openPosition, type Truth } from './truth.ts';
import { WHOLE, type Wreck } from './wreck.ts';

const MUTATING = new Set([
  'order/create',
  'order/amend',
  'order/cancel',
  'order/create-batch',
  'order/amend-batch',
  'order/cancel-batch',
  'position/trading-stop',
]);
const ROUNDS = 3;

/** The usual plan on `main`, carried out by the system until it stands as it should; nobody works when this resolves. */
export async function openSite(
  rig: DeskRig,
  { plan: change = {}, starts = WHOLE }: Pick<Wreck, 'plan' | 'starts'> = {},
): Promise<Site> {
  const seat = await rig.seat();
  await setAccounts(rig.redis, ['main', 'other']);
  const plan = planOn('main', 0, change);
  const ref = await rig.accept(plan);
  const site = { rig, seat, plan, ref, exchange: seat.exchangeOf('main') };
  if (starts !== 'new') {
    await protect(rig, [seat], ref, starts);
    await checkAgain(site, 'fresh'); // what the last fills have left to look after
  }
  await look(site);
  return site;
}

/** Breaks it, and lets the account be read as it is then. */
export async function breakDown(site: Site, { breaks, bends }: Wreck): Promise<void> {
  await breaks(site);
  await look(site);
  if (bends === undefined) return;
  const [positions, orders] = await Promise.all([
    site.exchange.positions({}, byHand()),
    site.exchange.openOrders({}, byHand()),
  ]);
  await list(site.rig.redis, 'main', bends({ positions, orders }));
}

/** Real workers, scheduler and prices, until nothing is wanted and nothing is named but `remains`. */
export async function workUntilCalm(
  { rig, seat }: Site,
  { remains = [], ends }: Pick<Wreck, 'remains' | 'ends'>,
): Promise<void> {
  await makeDue(rig);
  rig.work([seat]);
  const standing = async (): Promise<object> => ({ names: await named(rig), planned: await planned({ rig, seat }) });
  if (ends === 'closed') await expect.poll(() => activeWhenDue(rig), { ...SOON, interval: 500 }).toEqual([]);
  await expect.poll(standing, SOON).toEqual({ names: remains, planned: [] });
  await rig.rest();
}

/** Closing needs listings that were begun seconds after the last order: monitors are due again at once, and not in 20 s. */
async function activeWhenDue(rig: DeskRig): Promise<readonly MonitorRef[]> {
  const active = await listActive(rig.redis, 'main');
  for (const ref of active) await rig.forget(ref);
  return active;
}

/** What would be due by itself is due now. */
export async function makeDue({ redis }: DeskRig): Promise<void> {
  for (const { ref, dueAtMs } of await readMonitors(redis))
    for (const lane of LANES) if (dueAtMs[lane] !== undefined) await setDueNow(redis, ref, lane);
}

/** Checks every monitor several times over, on the rows that are cached, or on fresh ones each time. */
export async function checkAgain({ rig, seat }: Pick<Site, 'rig' | 'seat'>, rows: 'cached' | 'fresh'): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    if (rows === 'fresh') await look({ rig, seat });
    await rig.seePrices();
    for (const { ref } of await readMonitors(rig.redis)) for (const lane of LANES) await seat.check(ref, lane);
  }
}

/** Requests that have changed something, or tried to, by account where one is given. */
export function mutations({ requests }: Truth, account?: string): number {
  return requests
    .filter((request) => MUTATING.has(request.endpoint) && (account ?? accountOf(request)) === accountOf(request))
    .reduce((total, { count }) => total + count, 0);
}

function accountOf(request: object): unknown {
  return 'account' in request ? request.account : undefined;
}

/** What the exchange itself says of a plan: a stop for the whole of it, take-profits that sum to it, nothing else of ours. */
export async function expectStanding({ rig, ref }: Site, ends: Wreck['ends']): Promise<void> {
  const truth = await rig.venue.truth();
  if (ends === 'closed') {
    expect(await listActive(rig.redis, 'main')).toEqual([]);
    expect(openLegs(truth, ref)).toEqual([]);
    return;
  }
  const position = openPosition(truth, ref);
  expect(position?.stopLoss).toBe(ends.stop);
  const size = decimal(position?.size ?? '0');
  const orders = truth.openOrders.filter(isAt(ref));
  expect(orders.filter(({ stopOrderType }) => stopOrderType === 'StopLoss')).toMatchObject([
    { triggerPrice: ends.stop, orderStatus: 'Untriggered', qty: position?.size },
  ]);
  expect(openLegs(truth, ref)).toEqual(ends.legs);
  const ladder = orders.filter(({ orderLinkId }) => legOf(orderLinkId)?.startsWith('t'));
  expect(ladder.every(({ reduceOnly }) => reduceOnly)).toBe(true);
  expect(sum(ladder.map(({ leavesQty }) => decimal(leavesQty)))).toBe(size);
}

/** Working orders of others, which nobody of us may touch. */
export function foreignOrders({ openOrders }: Truth, ref: MonitorRef): readonly object[] {
  return openOrders.filter(isAt(ref)).filter(({ orderLinkId, stopOrderType }) => {
    const isSystem = orderLinkId === '' && stopOrderType === 'StopLoss';
    return legOf(orderLinkId) === undefined && !isSystem;
  });
}

/** What the exchange's judge holds against us since then: requests that were sent twice, cancels that were wrong. */
export function faultsSince(before: Truth, now: Truth): readonly unknown[] {
  return [...now.duplicates.slice(before.duplicates.length), ...now.wrongCancels.slice(before.wrongCancels.length)];
}

function sum(quantities: readonly Decimal[]): Decimal {
  return quantities.reduce((total, qty) => total + qty, 0n);
}
