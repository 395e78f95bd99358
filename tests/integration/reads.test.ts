import { LANES } from '@backstop/core';
import type { Reading } from '@backstop/desk';
import { peekCheck, takeBudget, type MonitorRef } from '@backstop/store';
import { expect, test } from 'vitest';
import { marketPlan, restingPlan } from '../support/plans.ts';
import { countCalls, listingCalls } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';

const rig = useRig();

test('a check on an empty cache reads positions, orders and stop orders once, and a second one costs no request', async () => {
  const seat = await rig().seat();
  const [ref] = await rig().put(restingPlan('main', 0));
  if (ref === undefined) throw new Error('not accepted');

  await seat.read(ref);
  const first = await rig().venue.truth();
  expect(countCalls(first, 'position/list')).toBe(1);
  expect(countCalls(first, 'order/realtime')).toBe(2);

  expect(await seat.read(ref)).toMatchObject({ kind: 'facts', dirty: false });
  expect(listingCalls(await rig().venue.truth())).toBe(3);
});

test('F-39 of ten checks of one account at once over two processes one reads and the others are woken', async () => {
  const [first, second] = [await rig().seat(), await rig().seat()];
  const readAll = (refs: readonly MonitorRef[]): Promise<readonly Reading[]> =>
    Promise.all(refs.map((ref, index) => (index % 2 === 0 ? first : second).read(ref)));
  const refs = await rig().put(...Array.from({ length: 10 }, (_, index) => restingPlan('main', index)));
  await rig().venue.fault({ kind: 'latency', endpoint: 'position/list', ms: 300 });

  const readings = await readAll(refs);
  expect(readings.filter((reading) => reading.kind === 'facts')).toHaveLength(1);
  expect(readings.filter((reading) => reading.kind === 'waiting')).toHaveLength(9);
  expect(listingCalls(await rig().venue.truth())).toBe(3);

  expect((await rig().queues.depths())['tp-sl'].waiting).toBe(9);
  const woken = await readAll(refs);
  expect(woken.every((reading) => reading.kind === 'facts')).toBe(true);
  expect(listingCalls(await rig().venue.truth())).toBe(3);
});

test('F-42 calls grow with accounts and not with monitors', async () => {
  const seat = await rig().seat();
  const monitors = Array.from({ length: 10 }, (_, index) => restingPlan('main', index));

  for (const ref of await rig().put(...monitors)) expect(await seat.read(ref)).toMatchObject({ kind: 'facts' });
  expect(listingCalls(await rig().venue.truth())).toBe(3);
  for (const ref of await rig().put(restingPlan('other', 0))) await seat.read(ref);
  expect(listingCalls(await rig().venue.truth())).toBe(6);
});

const FAILURES = [
  { kind: 'http-500', endpoint: 'position/list' },
  { kind: 'reply-lost-before', endpoint: 'order/realtime' },
  { kind: 'server-error', endpoint: 'position/list' },
  { kind: 'rate-limited', endpoint: 'order/realtime' },
];

test.each(FAILURES)(
  'C-3 a read that fails ($kind) changes no row and is unknown, and other accounts go on',
  async (fault) => {
    const seat = await rig().seat();
    const [broken, healthy] = await rig().put(marketPlan('main', 0), marketPlan('other', 0));
    if (broken === undefined || healthy === undefined) throw new Error('not accepted');
    expect(await seat.check(broken, 'limit-order')).toBe('acted');
    const before = await peekCheck(rig().redis, broken);
    expect(before.position).toMatchObject({ kind: 'row', dirty: true });

    await rig().venue.fault({ ...fault, account: 'main' });
    expect(await seat.read(broken)).toMatchObject({ kind: 'unknown' });
    expect(await seat.check(broken)).toBe('unknown');
    const after = await peekCheck(rig().redis, broken);
    expect([after.position, after.orders]).toEqual([before.position, before.orders]);
    expect(await seat.check(healthy, 'limit-order')).toBe('acted');

    await rig().venue.clearFaults();
    await expect.poll(() => seat.read(broken), { timeout: 10_000 }).toMatchObject({ kind: 'facts', dirty: false });
  },
);

test('F-34 an account whose first read fails has unknown rows, not empty ones, and nothing is sent', async () => {
  const seat = await rig().seat();
  const [ref] = await rig().put(marketPlan('main', 0));
  if (ref === undefined) throw new Error('not accepted');
  await rig().venue.fault({ kind: 'http-500', endpoint: 'order/realtime' });

  for (const lane of LANES) expect(await seat.check(ref, lane)).toBe('unknown');
  expect((await peekCheck(rig().redis, ref)).position).toEqual({ kind: 'missing' });
  expect(countCalls(await rig().venue.truth(), 'order/create')).toBe(0);
});

test('a 403 makes reads unknown and nobody sends anything more from this address', async () => {
  const seat = await rig().seat();
  const [ref, other] = await rig().put(restingPlan('main', 0), restingPlan('other', 0));
  if (ref === undefined || other === undefined) throw new Error('not accepted');
  await rig().venue.fault({ kind: 'forbidden', endpoint: 'position/list', account: 'main' });
  expect(await seat.read(ref)).toMatchObject({ kind: 'unknown' });

  await expect
    .poll(() => takeBudget(rig().redis, { account: 'other', endpoint: 'position-list', cost: 1, lane: 'protective' }))
    .toMatchObject({ granted: false });

  expect(await seat.read(ref)).toMatchObject({ kind: 'unknown' });
  expect(await seat.read(other)).toMatchObject({ kind: 'unknown' });
  expect(countCalls(await rig().venue.truth(), 'position/list')).toBe(1);
});
