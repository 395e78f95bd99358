import { decimal, LANES, type Instrument, type Lane, type Plan } from '@backstop/core';
import { anInstrument, aPlan, ladder, limitEntry, marketEntry } from '@backstop/core/testing';
import { budgetedHooks, openDesk, openReceipts, type Check, type Desk } from '@backstop/desk';
import { openExchanges } from '@backstop/exchange';
import { openInProcess, setupFile, type HttpRequest, type InProcessSimulator, type Reply } from '@backstop/simulator';
import {
  acceptPlans,
  accountKeys,
  bucketOf,
  keepInstallation,
  putInstruments,
  putPrices,
  setDueNow,
  slotOf,
  toMember,
} from '@backstop/store';
import type { MonitorRef, Redis } from '@backstop/store';
import { openTwin, openTwinQueues, type Twin } from '@backstop/store/testing';
import { processCheck } from '@backstop/worker/process-check';
import { openBranches, type Branches } from '../faults/branches.ts';
import { wayTo } from '../faults/carrier.ts';
import { openInFlight, type InFlight } from '../faults/in-flight.ts';
import { watchScripts } from '../faults/store-scripts.ts';
import { openPlayer, type Player } from './conductor.ts';
import type { SteppedTime } from './stepped-time.ts';

const SYMBOL = 'COINUSDT';
const ACCOUNT = { name: 'main', apiKey: 'key-main', secret: 'secret-main' };
const INSTALLATION = 'ivl';
/** Core counts in 1e-12, the exchange in 1e-18. */
const CORE_TO_VENUE = 1_000_000n;
/** How often prices are read, as maintenance does. */
const PRICES_EVERY_MS = 5_000;

/** A worker with one job in hand: what it does next is in the hands of who holds it. */
export interface Hand extends Player {
  /** Begins a check of the lane under this token. */
  readonly check: (lane: Lane, token: string) => Promise<void>;
}

/** One account, one symbol, one plan; nothing happens in it that nobody asks for. */
export interface SmallWorld extends Disposable {
  readonly venue: InProcessSimulator;
  readonly redis: Redis;
  /** All that Redis holds. */
  readonly dump: Twin['dump'];
  /** What was asked of the exchange that may have changed it, in its order, by whoever asked. */
  readonly writes: string[];
  /** Of all jobs: how often the guards of writes and records refused one. */
  readonly branches: () => Branches;
  /** Of all jobs: what they sent beside one another, and what they decided on. */
  readonly inFlight: InFlight;
  /** Ids under which an order was sent although one of them had executed, or worked. */
  readonly repeated: readonly string[];
  readonly plan: Plan;
  readonly ref: MonitorRef;
  /** `isCoarse` leaves out the steps of the budget of reads, which nobody else can tell from the one after them. */
  readonly openHand: (grain?: { readonly isCoarse?: boolean }) => Hand;
  readonly pass: (ms: number) => void;
  /** Ordinary checks, each when it is due, for so long; all that is due goes first. */
  readonly rest: (ms: number) => Promise<void>;
  readonly movePrice: (last: string) => void;
}

export interface WorldOptions {
  /** Changes each Lua script before it is loaded: to see that a rule that is gone is missed. */
  readonly rewrite?: (source: string) => string;
}

/** Opens the world with the market at 100 and the plan accepted. */
export async function openSmallWorld(time: SteppedTime, options: WorldOptions = {}): Promise<SmallWorld> {
  const venue = openInProcess({ seed: 1, latencyMs: 0, limits: 'off', setup: setupOf() });
  const twin = openTwin({ nowMs: Date.now, ...options });
  const redis = twin.connect();
  const plan = planOf(Date.now());
  const ref = { account: plan.account, symbol: plan.symbol, positionIdx: plan.positionIdx, monitorId: plan.id };
  await keepInstallation(redis, INSTALLATION);
  await putInstruments(redis, bucketOf(ACCOUNT.name), new Map([[SYMBOL, instrument()]]));
  await tellPrices(redis, venue);
  await acceptPlans(redis, openTwinQueues({ nowMs: Date.now }).queues(), [plan]);
  const branches = openBranches(redis);
  const parts: Parts = { redis, venue, ref, inFlight: openInFlight(), repeated: [], writes: [] };
  const openHand = ({ isCoarse = false } = {}): Hand => {
    const player = openPlayer(time);
    const own = watchScripts(twin.connect(player.gate), { before: () => undefined, after: branches.note });
    return handOn({ ...parts, player }, { own, budget: isCoarse ? twin.connect(player.aside) : own });
  };
  return {
    ...parts,
    dump: () => twin.dump(),
    branches: branches.counts,
    plan,
    openHand,
    pass: time.pass,
    rest: restIn(parts, openHand(), time),
    movePrice: (price) => {
      const last = decimal(price) * CORE_TO_VENUE;
      venue.simulator.engine.movePrice(SYMBOL, { last, mark: last, index: last });
    },
    [Symbol.dispose]: () => venue.close(),
  };
}

type Parts = Pick<SmallWorld, 'redis' | 'venue' | 'ref' | 'inFlight'> & {
  readonly repeated: string[];
  readonly writes: string[];
};

function handOn(
  { redis: admin, ref, player, ...exchange }: Parts & { readonly player: Player },
  { own: redis, budget }: { readonly own: Redis; readonly budget: Redis },
): Hand {
  const { signal } = new AbortController();
  let check: Check = { ref, lane: 'tp-sl', token: '', signal };
  const exchanges = openExchanges({
    accounts: [ACCOUNT],
    baseUrl: 'http://venue',
    maxSockets: 8,
    ...wayTo(false, (request) => carry(check, request, { ...exchange, player })),
    hooksOf: (account) => budgetedHooks(budget, account, SILENT),
  });
  const desk = openDesk({
    redis,
    installation: INSTALLATION,
    exchangeOf: exchanges.of,
    wake: async (waiter, lane) => void (await setDueNow(admin, waiter, lane)),
    receipts: openReceipts(),
    observer: SILENT,
    log: { warn: () => undefined },
  });
  const watched: Desk = {
    ...desk,
    read: async (asked) => {
      const reading = await desk.read(asked);
      exchange.inFlight.decideOn(asked, reading);
      return reading;
    },
  };
  const log = { info: () => undefined };
  const deps = { redis, desk: watched, installation: INSTALLATION, log, decided: () => undefined };
  return {
    ...player,
    check: (lane, token) => {
      check = { ref, lane, token, signal };
      return player.begin(() => processCheck(check, deps));
    },
  };
}

const SILENT = {
  flight: () => undefined,
  cacheRead: () => undefined,
  inputAge: () => undefined,
  staleDecision: () => undefined,
  request: () => undefined,
  budgetWait: () => undefined,
};

async function carry(
  check: Check,
  request: HttpRequest,
  {
    venue,
    inFlight,
    repeated,
    writes,
    player,
  }: Pick<Parts, 'venue' | 'inFlight' | 'repeated' | 'writes'> & { readonly player: Player },
): Promise<Reply | undefined> {
  const kind = request.method === 'GET' ? 'read' : 'write';
  const arrive = async (): Promise<Reply | undefined> => {
    if (request.endpoint.startsWith('order/create')) repeated.push(...standingAmong(request, venue));
    if (kind === 'write') writes.push(`${Date.now()} ${request.endpoint} ${request.body.toString()}`);
    return venue.request(request);
  };
  return inFlight.during(check, request, () => player.send(arrive, kind));
}

/** Ids of new orders that an order has already which works, or has executed. */
function standingAmong({ body }: HttpRequest, { simulator }: InProcessSimulator): readonly string[] {
  const { request, orderLinkId } = JSON.parse(body.toString()) as NewOrder & { readonly request?: readonly NewOrder[] };
  const asked = new Set(request?.map((order) => order.orderLinkId) ?? [orderLinkId]);
  const orders = [...(simulator.engine.venue.accounts.get(ACCOUNT.name)?.orders.values() ?? [])];
  const standing = orders.filter(({ cumExecQty, status }) => cumExecQty > 0n || status === 'New');
  return standing.filter((order) => asked.has(order.orderLinkId)).map((order) => order.orderLinkId);
}

interface NewOrder {
  readonly orderLinkId?: string;
}

function restIn(
  { redis, venue, ref }: Pick<Parts, 'redis' | 'venue' | 'ref'>,
  hand: Hand,
  time: SteppedTime,
): SmallWorld['rest'] {
  let checks = 0;
  let toldAtMs = Date.now();
  return async (ms) => {
    const untilMs = Date.now() + ms;
    for (;;) {
      const next = await nextDue(redis, ref);
      if (next === undefined || next.atMs > untilMs) break;
      time.pass(Math.max(0, next.atMs - Date.now()));
      if (Date.now() - toldAtMs >= PRICES_EVERY_MS) {
        await tellPrices(redis, venue);
        toldAtMs = Date.now();
      }
      checks += 1;
      await hand.check(next.lane, `rest-${checks}`);
    }
    time.pass(Math.max(0, untilMs - Date.now()));
  };
}

/** The lane that is due first; of two, the one that protects. */
async function nextDue(
  redis: Redis,
  ref: MonitorRef,
): Promise<{ readonly lane: Lane; readonly atMs: number } | undefined> {
  const keys = accountKeys(ref.account);
  const scores = await Promise.all(LANES.map((lane) => redis.zscore(keys.due(lane), toMember(ref))));
  const due = LANES.flatMap((lane, at) => {
    const score = scores[at] ?? null;
    return score === null ? [] : [{ lane, atMs: Number(score) }];
  });
  return due.toSorted((a, b) => a.atMs - b.atMs || LANES.indexOf(a.lane) - LANES.indexOf(b.lane))[0];
}

async function tellPrices(redis: Redis, { simulator }: InProcessSimulator): Promise<void> {
  const last = (simulator.engine.venue.instruments.get(SYMBOL)?.last ?? 0n) / CORE_TO_VENUE;
  const prices = { last, mark: last, index: last, atMs: Date.now() };
  await putPrices(redis, bucketOf(ACCOUNT.name), new Map([[SYMBOL, prices]]));
}

/** A long: 100 at the market (100), 60 at 95, take-profits 85/15 at 110 and 120, stop 90. */
function planOf(nowMs: number): Plan {
  return aPlan({
    id: 'planivlaaaaa',
    account: ACCOUNT.name,
    symbol: SYMBOL,
    entries: [marketEntry('100'), limitEntry('e1', '60', '95')],
    takeProfits: ladder(['110', 85], ['120', 15]),
    createdAtMs: nowMs,
    marketEntryDeadlineMs: nowMs + 30_000,
  });
}

function instrument(): Instrument {
  return anInstrument({ symbol: SYMBOL });
}

function setupOf(): ReturnType<typeof setupFile.parse> {
  return setupFile.parse({
    accounts: [ACCOUNT],
    instruments: [{ symbol: SYMBOL, tickSize: '0.01', qtyStep: '0.1', price: '100' }],
  });
}

/** Whether the plan's monitor is still there. */
export async function isActive({ redis, ref }: Pick<SmallWorld, 'redis' | 'ref'>): Promise<boolean> {
  return (await redis.hget(accountKeys(ref.account).active, slotOf(ref))) === ref.monitorId;
}
