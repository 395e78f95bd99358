import { setTimeout as pause } from 'node:timers/promises';
import { format, type Plan } from '@backstop/core';
import { ladder, marketEntry } from '@backstop/core/testing';
import { ALL_BUCKETS, keepInstallation, oldestChecked, readStreams, setAccounts } from '@backstop/store';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { planOn } from '../support/plans.ts';
import { countCalls, listingCalls, readTruth, type Truth } from '../support/truth.ts';
import { acceptAll } from './accept-all.ts';
import { checksDone } from './fleet-usage.ts';
import { startMarket, type Market } from './market.ts';
import { LETTERS, post, standPositions } from './standing-positions.ts';

/** How many monitors, and how many of their take-profits are filled a second. */
export interface ReactionSize {
  readonly accounts: number;
  readonly symbols: number;
  readonly eventsPerSecond: number;
}

export interface ReactionRun {
  /** Fills, each the first take-profit of one monitor. */
  readonly events: number;
  /** In the order of the fills. */
  readonly reactions: readonly Reaction[];
  readonly checksPerSecond: number;
  /** Listing requests while fills came. */
  readonly listings: number;
}

/** From a fill to the arrival of the monitor's first request at the exchange, by its clock, ms. */
export interface Reaction {
  readonly sinceFillMs: number;
  /** From the moment at which the frame left that first told of the fill; from the fill where none did. */
  readonly sinceFrameMs: number;
}

const STREAM = new URL('../../services/stream/src/main.ts', import.meta.url).pathname;
const PLAIN_STREAM = new URL('plain-stream.ts', import.meta.url).pathname;

const READY_MS = 120_000;
const SETTLE_MS = 3_000;
const REST_MS = 10_000;
/** All monitors are swept as often as in production. */
const ROUND_MS = '15000';

/**
 * Fills the first take-profits of quiet monitors one by one, at an even pace, while all monitors are swept again and again: each
 * asks for one request, the stop at breakeven. `promotes` = wake-ups overtake sweeps, as they do in production.
 */
export async function reactionRun(size: ReactionSize, promotes: boolean): Promise<ReactionRun> {
  await using opened = new AsyncDisposableStack();
  const market = opened.use(await startMarket(size));
  const fleet = opened.use(await startFleet({ exchangeUrl: market.url, accountsFile: market.accountsFile }));
  const plans = market.symbols.flatMap((symbol, nth) =>
    market.accounts.map((account, at) => planAt(account, symbol, (at + nth) % size.accounts)),
  );
  await standPositions(market, plans);
  await keepInstallation(fleet.redis, LETTERS);
  await setAccounts(fleet.redis, market.accounts);
  await acceptAll(fleet.redis, plans);
  const env = { SCHEDULER_ROUND_MS: ROUND_MS };
  for (const service of ['maintenance', 'scheduler', 'worker'] as const) fleet.start(service, `${service}-1`, env);
  fleet.run(promotes ? STREAM : PLAIN_STREAM, 'stream-1');
  await untilReady(fleet, market, plans.length);
  await pause(REST_MS); // the archive has just been made, and reads back what was accepted

  const before = await readTruth(market.url);
  const [checksBefore, startedMs] = [await checksDone(fleet.redis), performance.now()];
  await fillAll(market, size.eventsPerSecond);
  const seconds = (performance.now() - startedMs) / 1_000;
  const checks = (await checksDone(fleet.redis)) - checksBefore;
  await pause(SETTLE_MS);
  const after = await readTruth(market.url);
  const answered = after.reactions
    .filter(({ kind }) => kind === 'reduce-fill')
    .toSorted((a, b) => a.reactedAtMs - a.ms - (b.reactedAtMs - b.ms));
  return {
    events: plans.length,
    reactions: answered.map(({ ms, reactedAtMs, toldAtMs }) => ({
      sinceFillMs: ms,
      sinceFrameMs: toldAtMs === undefined ? ms : reactedAtMs - toldAtMs,
    })),
    checksPerSecond: Math.round(checks / seconds),
    listings: listingsOf(after) - listingsOf(before),
  };
}

/**
 * On each symbol the first take-profits of the accounts are a step apart: a price that steps up fills one of them at a time. The order
 * of the accounts is another one on each symbol, so that none has many fills at once: an account has ten stops a second.
 */
function planAt(account: string, symbol: string, at: number): Plan {
  return planOn(account, 0, {
    symbol,
    entries: [marketEntry('1')],
    takeProfits: ladder([format(targetAt(at)), 50], ['200', 50]),
  });
}

function targetAt(at: number): bigint {
  return 101n * 10n ** 12n + BigInt(at) * 2n * 10n ** 11n;
}

/** Every stream vouches for its account, and every monitor has been checked since. */
async function untilReady({ redis, services }: Fleet, { accounts }: Market, monitors: number): Promise<void> {
  const startedMs = performance.now();
  const retry = async (isReady: () => Promise<boolean>): Promise<void> => {
    while (!(await isReady())) {
      if (performance.now() - startedMs > READY_MS || services.some(({ isRunning }) => !isRunning()))
        throw new Error('the fleet did not get ready');
      await pause(200);
    }
  };
  await retry(async () => (await readStreams(redis, accounts)).every(({ synced }) => synced));
  const syncedMs = Date.now();
  await retry(async () => {
    const buckets = await Promise.all(ALL_BUCKETS.map((bucket) => oldestChecked(redis, bucket)));
    const checked = buckets.reduce((sum, { count }) => sum + count, 0);
    return checked === monitors && buckets.every(({ atMs = Number.POSITIVE_INFINITY }) => atMs > syncedMs);
  });
}

async function fillAll({ url, accounts, symbols }: Market, eventsPerSecond: number): Promise<void> {
  const startedMs = performance.now();
  let sent = 0;
  for (const at of accounts.keys()) {
    for (const symbol of symbols) {
      await pause(Math.max(startedMs + (1_000 * sent) / eventsPerSecond - performance.now(), 0));
      await post(url, 'price', { symbol, price: format(targetAt(at)) });
      sent += 1;
    }
  }
}

function listingsOf(truth: Truth): number {
  return listingCalls(truth) + countCalls(truth, 'execution/list');
}
