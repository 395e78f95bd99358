import { format, type Adoption } from '@backstop/core';
import type { InProcessSimulator } from '@backstop/simulator';
import { UNPLANNED } from './adopted.ts';
import type { Day } from './day.ts';
import { averageOf, num, type TrueAccount } from './fills.ts';

/** Follows the positions without a plan from the exchange's side. */
export interface AdoptionWatch {
  /** Takes in what they are now. To be called whenever something may have happened. */
  readonly look: () => void;
  /** What is not as the policy wants it in this moment. */
  readonly wrongNow: () => readonly string[];
}

/** What a position is adopted by. */
interface View {
  readonly average: number;
  readonly last: number;
  readonly sinceMs: number;
}

interface Followed {
  readonly openedAtMs: number;
  readonly side: string;
  readonly views: View[];
  /** Once it has its first stop: the prices of the take-profits that it may have been given. */
  ladders?: readonly Ladder[];
  /** Prices since then. */
  lowest: number;
  highest: number;
}

type Ladder = readonly number[];
type TruePosition = NonNullable<ReturnType<TrueAccount['positions']['get']>>;
type TrueOrders = readonly (TrueAccount['open'] extends Iterable<infer Order> ? Order : never)[];

/** From the price that a plan is made by (15 s old at most) to its stop, ms. */
const VIEWED_FOR_MS = 20_000;
const TICK = Number(UNPLANNED.tickSize);
const HALF_A_STEP = Number(UNPLANNED.qtyStep) / 2;
const NEARLY = 1e-6;

export function openAdoptionWatch(
  adoption: Adoption,
  { unnoticedMs }: Pick<Day, 'unnoticedMs'>,
  { simulator }: InProcessSimulator,
): AdoptionWatch {
  const { accounts, instruments } = simulator.engine.venue;
  const followed = new Map<string, Followed>();
  // Another fault may come between the making of a plan and its stop, and last.
  const viewedForMs = VIEWED_FOR_MS + unnoticedMs;
  const follow = (account: TrueAccount): void => {
    const position = positionOf(account);
    if (position === undefined) return void followed.delete(account.name);
    const { openedAtMs, side, stopLoss } = position;
    const last = num(instruments.get(UNPLANNED.symbol)?.last ?? 0n);
    const known = followed.get(account.name);
    const isSame = known?.openedAtMs === openedAtMs && known.side === side;
    const it = isSame ? known : { openedAtMs, side, views: [], lowest: last, highest: last };
    followed.set(account.name, it);
    if (it.ladders === undefined) view(it, { average: averageOf(position), last, sinceMs: Date.now() });
    else spread(it, last);
    if (stopLoss === undefined || it.ladders !== undefined) return;
    it.ladders = laddersOf(adoption, it, Date.now() - viewedForMs);
    [it.lowest, it.highest] = [last, last];
  };
  return {
    look: () => {
      for (const account of accounts.values()) follow(account);
    },
    wrongNow: () =>
      [...accounts.values()].flatMap((account) => {
        const own = [...account.open].filter(
          ({ symbol, orderLinkId }) => symbol === UNPLANNED.symbol && orderLinkId.startsWith('bs-'),
        );
        const position = positionOf(account);
        const faults =
          position === undefined
            ? own.map(({ orderLinkId }) => `${orderLinkId} works after flat`)
            : standing(position, own, { mode: adoption.mode, it: followed.get(account.name) });
        return faults.map((fault) => `${account.name}, ${adoption.mode}: ${fault}`);
      }),
  };
}

function positionOf({ positions }: TrueAccount): TruePosition | undefined {
  const position = positions.get(`${UNPLANNED.symbol}:0`);
  return position === undefined || position.size === 0n ? undefined : position;
}

function view({ views }: Followed, now: View): void {
  const before = views.at(-1);
  if (before?.average !== now.average || before.last !== now.last) views.push(now);
}

function spread(it: Followed, last: number): void {
  it.lowest = Math.min(it.lowest, last);
  it.highest = Math.max(it.highest, last);
}

/** The template's take-profits that were still ahead, by each view that was current since then. */
function laddersOf(adoption: Adoption, { views, side }: Followed, sinceMs: number): readonly Ladder[] {
  const current = views.filter((_view, at) => (views[at + 1]?.sinceMs ?? Infinity) >= sinceMs);
  const takeProfits = adoption.mode === 'manage' ? adoption.template.takeProfits : [];
  return current.map(({ average, last }) =>
    takeProfits
      .map(({ distance }) => levelOf(average, Number(format(distance)), side))
      .filter((level) => (side === 'Buy' ? level > last + NEARLY : level < last - NEARLY)),
  );
}

/** Rounded towards profit. */
function levelOf(average: number, distance: number, side: string): number {
  return side === 'Buy'
    ? Math.ceil((average * (1 + distance)) / TICK - NEARLY) * TICK
    : Math.floor((average * (1 - distance)) / TICK + NEARLY) * TICK;
}

interface Expected {
  readonly mode: Adoption['mode'];
  readonly it: Followed | undefined;
}

function standing(position: TruePosition, own: TrueOrders, { mode, it }: Expected): readonly string[] {
  const { stopLoss } = position;
  if (mode === 'ignore') return stopLoss === undefined && own.length === 0 ? [] : ['it was not left alone'];
  if (stopLoss === undefined || it?.ladders === undefined) return ['an adopted position has no stop'];

  const faults = it.ladders.map((ladder) => ladderFaults(ladder, { position, own, it }));
  return faults.some((one) => one.length === 0) ? [] : (faults.at(-1) ?? []);
}

interface Held {
  readonly position: TruePosition;
  readonly own: TrueOrders;
  readonly it: Followed;
}

/** What was ahead closes all of it; no price rests but the template's, and none is missing that no price has come to. */
function ladderFaults(ladder: Ladder, { position, own, it }: Held): readonly string[] {
  const resting = own.reduce((total, { qty, cumExecQty }) => total + num(qty - cumExecQty), 0);
  const wanted = ladder.length > 0 ? num(position.size) : 0;
  const isReached = (level: number): boolean =>
    it.side === 'Buy' ? it.highest >= level - NEARLY : it.lowest <= level + NEARLY;
  const odd = own.filter(({ price }) => !ladder.some((level) => isAt(level, price)));
  const missing = ladder.filter((level) => !isReached(level) && !own.some(({ price }) => isAt(level, price)));
  return [
    ...(Math.abs(resting - wanted) < HALF_A_STEP ? [] : [`take-profits for ${resting} of ${wanted}`]),
    ...odd.map(({ orderLinkId, price }) => `${orderLinkId} rests at ${num(price)}`),
    ...missing.map((level) => `no take-profit at ${level.toFixed(UNPLANNED.digits)}`),
  ];
}

function isAt(level: number, price: bigint): boolean {
  return Math.abs(num(price) - level) < TICK / 2;
}
