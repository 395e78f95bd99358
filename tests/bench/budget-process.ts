/** A process with the call budget and the exchange client of a worker, and calls to make. Told its phases by its parent. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { ExchangeError, type BudgetLane, type Exchange, type RequestHooks } from '@backstop/core';
import { budgetedHooks, onLane } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { readAccountsFile } from '@backstop/intake';
import { connectRedis } from '@backstop/store';
import { offersOf, type Offer } from './budget-offers.ts';
import type { BudgetPhase, ProcessPlace, ProcessResult } from './budget-phase.ts';
import { openCalls, type Call } from './budget-calls.ts';

const MOST_WAIT_MS = 2_000;
/** A call of the lane with the least right is not wanted more often than this, so that the run without a limiter has the same work. */
const AUDIT_EVERY_MS = 2_000;
const SOCKETS = 32;

interface Trip {
  readonly lane: BudgetLane;
  departedMs: number | undefined;
}

const trip = new AsyncLocalStorage<Trip>();
const place = JSON.parse(process.argv[2] ?? '') as ProcessPlace;
const redis = connectRedis(place.redisUrl, 'bench-budget');
await redis.connect();
let limited = true;
const exchanges = openExchanges({
  accounts: readAccountsFile(place.accountsFile).accounts,
  baseUrl: place.exchangeUrl,
  maxSockets: SOCKETS,
  hooksOf: (account) => hooks(budgetedHooks(redis, account, { request: () => undefined, budgetWait: () => undefined })),
});
const calls = await openCalls(place, (account): Exchange => exchanges.of(account));
process.on('message', (phase: BudgetPhase) => {
  void run(phase).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');

/** Notes when a call departs; without the limiter it does at once. */
function hooks(budgeted: RequestHooks): RequestHooks {
  return {
    admit: async (...request) => {
      const departure = limited ? await budgeted.admit(...request) : undefined;
      const depart = async (): Promise<void> => {
        await departure?.depart();
        const current = trip.getStore();
        if (current !== undefined) current.departedMs = performance.now();
      };
      return { depart, arrived: () => departure?.arrived() };
    },
    report: (report) => {
      if (limited) budgeted.report(report);
    },
  };
}

async function run(phase: BudgetPhase): Promise<ProcessResult> {
  limited = phase.limited;
  const startedMs = performance.now();
  const result = emptyResult();
  const make = async (lane: BudgetLane, call: Call, wantedMs: number): Promise<void> => {
    const made = await measured(lane, call, wantedMs);
    if (wantedMs - startedMs < phase.warmMs) return;
    result.lanes[lane].waitsMs.push(made.waitMs);
    if (!made.sent) result.lanes[lane].unsent += 1;
  };
  const endMs = startedMs + phase.lengthMs;
  const loops = Object.entries(phase.full).flatMap(([lane, count]) =>
    Array.from({ length: count }, (_, nth) => keepFull(lane as BudgetLane, nth, { make, endMs })),
  );
  await Promise.all([offerAll(phase, { make, startedMs }), ...loops]);
  return result;
}

type Lanes = Record<BudgetLane, { waitsMs: number[]; unsent: number }>;

function none(): Lanes[BudgetLane] {
  return { waitsMs: [], unsent: 0 };
}

function emptyResult(): { lanes: Lanes } {
  const lanes = { protective: none(), 'take-profit': none(), entry: none(), 'clean-up': none(), audit: none() };
  return { lanes };
}

type Make = (lane: BudgetLane, call: Call, wantedMs: number) => Promise<void>;

/** Each offer at its moment, however many of those before it still wait. */
async function offerAll(phase: BudgetPhase, { make, startedMs }: { make: Make; startedMs: number }): Promise<void> {
  if (phase.perSecond === 0) return;
  const size = { accounts: place.accounts.length, symbols: place.symbols.length };
  const pending: Promise<void>[] = [];
  for (const offer of offersOf({ ...phase, ...size })) {
    const wantedMs = startedMs + offer.atMs;
    const inMs = wantedMs - performance.now();
    if (inMs > 0) await pause(inMs);
    pending.push(make('protective', callOf(offer), wantedMs));
  }
  await Promise.all(pending);
}

function callOf({ kind, account, symbol }: Offer): Call {
  return kind === 'reading' ? calls.read(account) : calls.moveStop(account, symbol);
}

/** One call after the other on a lane, over all accounts. */
async function keepFull(lane: BudgetLane, nth: number, { make, endMs }: { make: Make; endMs: number }): Promise<void> {
  for (let turn = nth; performance.now() < endMs; turn += 1) {
    const wantedMs = performance.now();
    const account = turn % place.accounts.length;
    if (lane === 'entry') await make(lane, calls.enterOrLeave(account, nth), wantedMs);
    else if (lane === 'take-profit') await make(lane, calls.amend(account, turn % place.symbols.length), wantedMs);
    else await make(lane, calls.read(account), wantedMs);
    if (lane === 'audit') await pause(Math.max(0, Math.min(wantedMs + AUDIT_EVERY_MS, endMs) - performance.now()));
  }
}

async function measured(lane: BudgetLane, call: Call, wantedMs: number): Promise<{ waitMs: number; sent: boolean }> {
  const own: Trip = { lane, departedMs: undefined };
  const asked = { lane, prepaid: false, maxWaitMs: MOST_WAIT_MS } as const;
  try {
    await trip.run(own, () => onLane(asked, call));
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
  }
  return { waitMs: (own.departedMs ?? performance.now()) - wantedMs, sent: own.departedMs !== undefined };
}
