import { privateStreamUrl } from '@backstop/exchange';
import { peekCheck, readStreams, type MonitorRef } from '@backstop/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBentListings, type BentListings } from '../support/bent-listings.ts';
import { marketPlan, restingPlan } from '../support/plans.ts';
import { untilProtected } from '../support/protect.ts';
import { openSeat } from '../support/seat.ts';
import { openStreamSeat, SOON, untilSynced, type StreamSeat } from '../support/streams.ts';
import { isAt, legOf } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();
const ONE = 10n ** 12n;

let door: BentListings;
let opened: AsyncDisposableStack;
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  door = opened.use(await openBentListings(rig().venue.url));
});
afterEach(async () => {
  await rig().rest();
  await opened.disposeAsync();
});

function behindDoor() {
  return { ...rig(), venue: { ...rig().venue, url: door.url } };
}

async function stream(auditEveryMs?: number): Promise<StreamSeat> {
  const streamUrl = privateStreamUrl(rig().venue.url);
  return opened.use(
    await openStreamSeat(behindDoor(), { streamUrl, ...(auditEveryMs !== undefined && { auditEveryMs }) }),
  );
}

async function buy({ account, symbol }: MonitorRef, qty: string): Promise<void> {
  await rig().venue.trade({ account, symbol, side: 'Buy', qty, orderType: 'Market' });
}

/** The size of a position that a live stream vouches for, with its orders; undefined = none does. */
async function vouched(ref: MonitorRef): Promise<bigint | undefined> {
  const { position, orders } = await peekCheck(rig().redis, ref);
  const isVouched = position.kind === 'row' && orders.kind === 'row' && position.vouched && orders.vouched;
  return isVouched ? (position.value?.size ?? 0n) : undefined;
}

/** Two plans on one account, each with a position, and an order of others; of the second one nothing can be read at this listing. */
async function bentAccount(endpoint: string): Promise<readonly [whole: MonitorRef, bent: MonitorRef]> {
  const whole = await rig().accept(restingPlan('main', 0));
  const bent = await rig().accept(restingPlan('main', 1));
  for (const ref of [whole, bent]) await buy(ref, '3');
  await rig().venue.trade({ ...bent, side: 'Buy', qty: '1', orderType: 'Limit', price: '70' });
  door.bend(endpoint, bent.symbol);
  return [whole, bent];
}

test.each(['position/list', 'order/realtime'])(
  'F-34 where a row of %s cannot be read, its symbol alone is not vouched for, and is once it can be read',
  async (endpoint) => {
    const [whole, bent] = await bentAccount(endpoint);
    await stream(500);
    await untilSynced(rig().redis, ['main']);
    const ofBent = new Set<bigint | undefined>();
    expect(await vouched(whole)).toBe(3n * ONE);
    await buy(whole, '4');
    await buy(bent, '4');
    await expect
      .poll(async () => [ofBent.add(await vouched(bent)).size, await vouched(whole)], SOON)
      .toEqual([1, 7n * ONE]);
    const audits = door.spoilt(endpoint);
    await expect
      .poll(async () => [ofBent.add(await vouched(bent)).size, door.spoilt(endpoint) > audits + 2], SOON)
      .toEqual([1, true]);
    expect(ofBent).toEqual(new Set([undefined]));
    const told = rig().lines.filter(({ msg }) => msg === 'a symbol cannot be read: nothing vouches for it');
    expect(new Set(told.map(({ account, symbol }) => `${String(account)} ${String(symbol)}`))).toEqual(
      new Set([`main ${bent.symbol}`]),
    );

    door.straighten();
    await expect.poll(() => vouched(bent), SOON).toBe(7n * ONE);
  },
);

test('F-34 beside a symbol that cannot be read another one is protected and acts on frames, and its own monitor sends nothing', async () => {
  const { venue } = rig();
  const whole = await rig().accept(marketPlan('main', 0));
  const bent = await rig().accept(restingPlan('main', 1));
  await buy(bent, '3');
  door.bend('position/list', bent.symbol);
  const seat = await openSeat(behindDoor(), opened);
  await stream();
  await untilSynced(rig().redis, ['main']);
  rig().work([seat]);
  await untilProtected(rig(), whole, { legs: ['t1', 't2'] });
  await expect.poll(() => vouched(whole), SOON).toBe(100n * ONE);
  const reads = door.reads(whole.symbol);
  await venue.price(whole.symbol, '110');
  await untilProtected(rig(), whole, { legs: ['t2'], stop: '100.12' });
  expect(door.reads(whole.symbol)).toBe(reads);
  await rig().rest();

  const truth = await venue.truth();
  expect([truth.duplicates, truth.wrongCancels, seat.staleDecisions()]).toEqual([[], [], 0]);
  expect(truth.orders.filter(isAt(bent)).filter(({ orderLinkId }) => legOf(orderLinkId) !== undefined)).toEqual([]);
});

test('F-34 beside a symbol that cannot be read the lost frame of another one is made up for by reading that one', async () => {
  const [whole] = await bentAccount('position/list');
  await stream(500);
  await untilSynced(rig().redis, ['main']);
  await rig().venue.fault({ kind: 'frame-dropped', account: 'main', endpoint: 'position' });
  await buy(whole, '4');
  await expect.poll(() => vouched(whole), SOON).toBe(7n * ONE);
});

test('F-34 where executions cannot be read nothing of the account is vouched for, and people are told why', async () => {
  const [whole] = await bentAccount('execution/list');
  await stream();
  await untilSynced(rig().redis, ['other']);
  await expect.poll(() => door.spoilt('execution/list'), SOON).toBeGreaterThanOrEqual(3);
  expect(door.whole('position/list')).toBe(1); // of the other account
  expect(await vouched(whole)).toBe(undefined);
  const streams = () => readStreams(rig().redis, ['main']);
  const why = expect.stringContaining('execution/list');
  await expect.poll(streams, SOON).toMatchObject([{ live: true, synced: false, why }]);
});
