import { LANES, type RequestHooks } from '@backstop/core';
import { ladder, marketEntry } from '@backstop/core/testing';
import { budgetedHooks } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { refreshInstruments } from '@backstop/maintenance/tasks/refresh-instruments';
import { refreshPrices } from '@backstop/maintenance/tasks/refresh-prices';
import { openLog } from '@backstop/runtime';
import { putPlans, setDueNow, type MonitorRef } from '@backstop/store';
import { describe, expect, test } from 'vitest';
import type { LogLine } from '../support/coherence-lines.ts';
import { withStates } from '../support/desk-rig.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { planOn, restingPlan } from '../support/plans.ts';
import { staleDecisions, type StaleDecisions } from '../support/stale-decisions.ts';
import { untilSynced } from '../support/streams.ts';
import { startVenue, SYMBOLS, type Venue } from '../support/venue.ts';

/** Processes start slowly on a machine that is busy with other things. */
const SOON = { timeout: 40_000, interval: 50 } as const;
/** Tells of frames, and patches nothing. */
const UNPATCHED = new URL('../support/unpatched-stream.ts', import.meta.url).pathname;
const ACCOUNTS = ['main', 'other'];
/** Each take-profit fills when its price has come, and the next one waits for the next step. */
const STEPS = ['101', '102', '103', '104', '105', '106'];
const LADDER = ladder(...STEPS.map((price): [string, number] => [price, 10]), ['200', 40]);
/** On the first symbols take-profits fill, on the others somebody else trades. */
const LADDERS = SYMBOLS.slice(0, 6);
const TRADED = SYMBOLS.slice(6);
const TOLD = { BACKSTOP_LOG_LEVEL: 'debug' };

/** What a fleet's decisions stood on, from the logs of its processes, once they have all ended. */
async function decideUnderFills(
  decisions: number,
  startStreams: (fleet: Fleet) => Promise<void>,
): Promise<StaleDecisions> {
  const services = await fillAndDecide(decisions, startStreams);
  return staleDecisions(services.flatMap(({ lines }) => lines));
}

/**
 * Take-profits fill and others trade; after each fill its monitor is due at once, whether or not its frames have come, and the next
 * one follows when it has decided: until enough was decided.
 */
async function fillAndDecide(
  decisions: number,
  startStreams: (fleet: Fleet) => Promise<void>,
): Promise<Fleet['services']> {
  await using venue = await startVenue({ accounts: ACCOUNTS });
  await using fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
  fleet.start('scheduler', 'scheduler', { SCHEDULER_TICK_MS: '10' });
  for (const name of ['worker-1', 'worker-2']) fleet.start('worker', name, TOLD);
  await startStreams(fleet);
  using market = await openMarket(fleet, venue);
  const refs = await acceptPlans(fleet);
  await expect.poll(async () => (await venue.truth()).positions.length, SOON).toBe(ACCOUNTS.length * LADDERS.length);

  const first = decided(fleet);
  for (let fill = 0; decided(fleet) < first + decisions; fill += 1) {
    const ref = refs[fill % refs.length];
    if (ref === undefined) throw new Error('nothing was accepted');
    const before = decided(fleet, ref);
    await fillOn(ref, Math.floor(fill / refs.length), venue);
    await market.seePrices();
    await Promise.all(LANES.map((lane) => setDueNow(fleet.redis, ref, lane)));
    await expect.poll(() => decided(fleet, ref), { ...SOON, interval: 5 }).toBeGreaterThan(before);
  }
  return fleet.services;
}

interface SeenMarket extends Disposable {
  readonly seePrices: () => Promise<void>;
}

/** Brings trading rules and prices into the cache, in place of maintenance. */
async function openMarket({ redis }: Fleet, { accounts, url: baseUrl }: Venue): Promise<SeenMarket> {
  const observer = { request: ignore, budgetWait: ignore };
  const hooksOf = (account: string): RequestHooks => budgetedHooks(redis, account, observer);
  const exchanges = openExchanges({ accounts, baseUrl, maxSockets: 2, hooksOf });
  const log = openLog({ service: 'test', level: 'silent' });
  const deps = { redis, accounts: ACCOUNTS, exchangeOf: exchanges.of, log, count: ignore };
  await refreshInstruments(deps, AbortSignal.timeout(5_000));
  const seePrices = (): Promise<void> => refreshPrices(deps, AbortSignal.timeout(5_000));
  await seePrices();
  return { seePrices, [Symbol.dispose]: () => exchanges[Symbol.dispose]() };
}

async function acceptPlans({ redis }: Fleet): Promise<readonly MonitorRef[]> {
  const plans = ACCOUNTS.map((account) => [
    ...LADDERS.map((_, index) => planOn(account, index, { entries: [marketEntry('100')], takeProfits: LADDER })),
    ...TRADED.map((_, index) => restingPlan(account, LADDERS.length + index)),
  ]);
  const put = await Promise.all(plans.map((own) => putPlans(redis, own.map(withStates))));
  return put.flatMap(({ accepted }) => accepted);
}

/** How many decisions there have been; of one monitor, or of all. */
function decided({ services }: Fleet, ref?: MonitorRef): number {
  const isOne = ({ msg, monitorId }: LogLine): boolean =>
    msg === 'facts decided on' && (ref === undefined || monitorId === ref.monitorId);
  return services.reduce((sum, { lines }) => sum + lines.filter(isOne).length, 0);
}

/** The next take-profit of a ladder fills; elsewhere others trade, and by turns leave an order that rests. */
async function fillOn({ account, symbol }: MonitorRef, round: number, venue: Venue): Promise<void> {
  if (LADDERS.includes(symbol)) return venue.price(symbol, STEPS[round] ?? '100');
  const order = { account, symbol, side: 'Buy', qty: '1' } as const;
  await venue.trade({ ...order, orderType: 'Market' });
  await venue.trade({ ...order, orderType: 'Limit', price: '70' });
}

describe('processes under fills', { timeout: 120_000 }, () => {
  test('decisions stand on the newest version of every row that any process had received', async () => {
    const { stale, decisions, received, landed } = await decideUnderFills(300, async (fleet) => {
      for (const name of ['stream-1', 'stream-2']) fleet.start('stream', name, TOLD);
      await untilSynced(fleet.redis, ACCOUNTS);
    });
    expect(stale).toEqual([]);
    expect(decisions).toBeGreaterThanOrEqual(300);
    expect(received).toBeGreaterThan(100);
    expect(landed).toBeGreaterThan(0);
  });

  test('where frames patch no rows decisions stand on older ones, and the count shows it', async () => {
    const { stale } = await decideUnderFills(200, async (fleet) => {
      const { lines } = fleet.run(UNPATCHED, 'stream-1', TOLD);
      await expect.poll(() => lines.filter(({ msg }) => msg === 'frames come').length, SOON).toBe(ACCOUNTS.length);
    });
    expect(new Set(stale.map(({ kind }) => kind))).toEqual(new Set(['position', 'orders']));
  });
});

function ignore(): void {}
