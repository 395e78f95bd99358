import { format } from '@backstop/core';
import type { InProcessSimulator } from '@backstop/simulator';
import { openAdoptionWatch } from './adoption-watch.ts';
import type { Day } from './day.ts';
import { openDesiredStops } from './desired-stops.ts';
import type { FaultKind } from './fault-kinds.ts';
import { averageOf, legOf, num, TAKER_RATE, TrueFills } from './fills.ts';
import type { TrueAccount, TrueExecution, TrueOrder } from './fills.ts';
import { isFirstDone } from './is-first-done.ts';
import type { PlacedPlan } from './places.ts';

/** Follows a day from the exchange's side, by rules of its own. */
export interface Judge {
  /** Takes in what has happened since the last look; true = there was something. */
  readonly look: () => boolean;
  /** What is not as it should be in this moment, in words; empty = all is well. */
  readonly wrongNow: () => readonly string[];
  readonly fillsOf: (planId: string) => TrueFills | undefined;
}

/** Of a tick or a step: numbers that differ by less are equal. */
const LESS_THAN_ONE = 0.99;

type Venue = InProcessSimulator['simulator']['engine']['venue'];

/** A plan that Redis lost before it was archived is gone; its stop stands. So long it may take, ms. */
const UNARCHIVED_MS = 600;

interface Judged {
  readonly plans: readonly PlacedPlan[];
  /** When Redis was lost; 0 = never. */
  readonly lost: { readonly atMs: number };
  readonly day: Pick<Day, 'kinds' | 'adoption' | 'unnoticedMs'>;
}

export function openJudge(
  { plans, lost, day: { kinds, adoption, unnoticedMs } }: Judged,
  venue: InProcessSimulator,
  tell: (line: string) => void,
): Judge {
  const fills = new Map<string, TrueFills>();
  const { engine } = venue.simulator;
  const desired = openDesiredStops(venue);
  const adoptions = adoption && openAdoptionWatch(adoption, { unnoticedMs }, venue);
  const isGone = ({ plan: { createdAtMs } }: PlacedPlan): boolean =>
    createdAtMs <= lost.atMs && createdAtMs > lost.atMs - UNARCHIVED_MS;
  const take = (account: string, execution: TrueExecution): void => {
    const { symbol, side, execQty, execPrice, stopOrderType, orderLinkId } = execution;
    tell(`fill: ${account} ${symbol} ${side} ${num(execQty)} at ${num(execPrice)} ${orderLinkId}${stopOrderType}`);
    const own = legOf(orderLinkId);
    const planned = plans.find(({ plan }) => plan.id === own?.planId);
    if (own === undefined || planned === undefined || isGone(planned)) return;

    const sums = fills.get(own.planId) ?? new TrueFills();
    fills.set(own.planId, sums);
    sums.add(own.leg, execution);
    desired.onFill({ account, planned, sums });
  };
  const takeNew = newExecutions(venue, take);
  return {
    look: () => {
      adoptions?.look();
      const isNew = takeNew();
      desired.look();
      return isNew;
    },
    wrongNow: () => [
      ...plans.flatMap((planned) => {
        const { plan } = planned;
        const account = engine.venue.accounts.get(plan.account);
        const sums = fills.get(plan.id);
        return account === undefined || sums === undefined || isGone(planned)
          ? []
          : wrongOf(coarsened(planned, kinds), sums, account, engine.venue);
      }),
      ...(adoptions?.wrongNow() ?? []),
    ],
    fillsOf: (planId) => {
      const planned = plans.find(({ plan }) => plan.id === planId);
      return planned === undefined || isGone(planned) ? undefined : fills.get(planId);
    },
  };
}

/** Hands on each execution once; true = there was something. */
function newExecutions(
  { simulator }: InProcessSimulator,
  take: (account: string, execution: TrueExecution) => void,
): () => boolean {
  const seen = new Map<string, number>();
  return () => {
    let isNew = false;
    for (const { name, executions } of simulator.engine.venue.accounts.values()) {
      const known = seen.get(name) ?? 0;
      if (known === executions.length) continue;
      isNew = true;
      for (const execution of executions.slice(known)) take(name, execution);
      seen.set(name, executions.length);
    }
    return isNew;
  };
}

/** Where trading rules change, a level or a quantity may be as far off as the coarsest of them has it. */
function coarsened(planned: PlacedPlan, kinds: readonly FaultKind[]): PlacedPlan {
  const { contract } = planned;
  const tickSize = Number(contract.tickSize) * Math.max(1, ...kinds.map(({ coarser }) => coarser?.ticks ?? 1));
  const qtyStep = Number(contract.qtyStep) * Math.max(1, ...kinds.map(({ coarser }) => coarser?.steps ?? 1));
  return { ...planned, contract: { ...contract, tickSize: `${tickSize}`, qtyStep: `${qtyStep}` } };
}

function wrongOf(planned: PlacedPlan, sums: TrueFills, account: TrueAccount, venue: Venue): readonly string[] {
  const { plan } = planned;
  const position = account.positions.get(placeOf(plan));
  const own = [...account.open].filter(({ orderLinkId }) => legOf(orderLinkId)?.planId === plan.id);
  const size = num(position?.size ?? 0n);
  const isOwn = hasEntered(plan.id, account, position);
  if (size === 0 || !isOwn) {
    const left = own.map((order) => `${order.orderLinkId} works after flat`);
    return [...left, ...excess(planned, sums)].map((fault) => `${plan.id}: ${fault}`);
  }

  const last = venue.instruments.get(plan.symbol)?.last ?? 0n;
  return [
    ...stopFaults(planned, sums, position, num(last)),
    ...ladderFaults(planned, size, own),
    ...entryFaults(planned, sums, own),
    ...excess(planned, sums),
  ].map((fault) => `${plan.id}: ${fault}`);
}

/** An entry of this plan is part of the position, whoever began it. */
function hasEntered(
  planId: string,
  { executions }: TrueAccount,
  position: { readonly symbol: string; readonly openedAtMs: number } | undefined,
): boolean {
  if (position === undefined) return false;
  const { symbol, openedAtMs } = position;
  return executions.some(
    (execution) =>
      execution.symbol === symbol && execution.atMs >= openedAtMs && legOf(execution.orderLinkId)?.planId === planId,
  );
}

interface Held {
  readonly stopLoss: TrueOrder | undefined;
  readonly entryValue: bigint;
  readonly size: bigint;
}

function stopFaults(planned: PlacedPlan, sums: TrueFills, position: Held | undefined, last: number): readonly string[] {
  const { plan, isLong, contract } = planned;
  if (position?.stopLoss === undefined) return ['there is no stop'];
  const stop = position.stopLoss;
  const level = num(stop.triggerPrice);
  const tick = Number(contract.tickSize);
  const isLooser = (wanted: number): boolean => (isLong ? level < wanted - 1.5 * tick : level > wanted + 1.5 * tick);
  if (isLooser(Number(format(plan.stopLoss.triggerPrice)))) return [`the stop ${level} is looser than the plan's`];
  if (!isFirstDone(planned, sums) || plan.breakeven?.ifThrough !== 'exit') return [];

  const wanted = sums.breakeven(averageOf(position), isLong, TAKER_RATE);
  return isLooser(wanted) ? [`the stop ${level} is looser than breakeven ${wanted}, last ${last}`] : [];
}

function ladderFaults(planned: PlacedPlan, size: number, own: readonly TrueOrder[]): readonly string[] {
  const { contract } = planned;
  const closing = own.filter(({ reduceOnly }) => reduceOnly);
  const sum = closing.reduce((total, { qty, cumExecQty }) => total + num(qty - cumExecQty), 0);
  const odd = closing.filter((order) => isMispriced(planned, order));
  return [
    ...(Math.abs(sum - size) < LESS_THAN_ONE * Number(contract.qtyStep) ? [] : [`take-profits for ${sum} of ${size}`]),
    ...odd.map(({ orderLinkId, price }) => `${orderLinkId} rests at ${num(price)}`),
  ];
}

/** A leg rests at its own price, merged or not. */
function isMispriced({ plan, contract }: PlacedPlan, { orderLinkId, price }: TrueOrder): boolean {
  const planned = plan.takeProfits.find(({ leg }) => leg === legOf(orderLinkId)?.leg);
  return (
    planned === undefined ||
    Math.abs(num(price) - Number(format(planned.price))) > LESS_THAN_ONE * Number(contract.tickSize)
  );
}

/** No entry brought in more than was planned. */
function excess({ plan, contract }: PlacedPlan, { byLeg }: TrueFills): readonly string[] {
  return plan.entries.flatMap(({ leg, qty }) => {
    const [entered, planned] = [byLeg.get(leg) ?? 0, Number(format(qty))];
    return entered > planned + Number(contract.qtyStep) / 2 ? [`${leg} entered ${entered} of ${planned}`] : [];
  });
}

function entryFaults(planned: PlacedPlan, sums: TrueFills, own: readonly TrueOrder[]): readonly string[] {
  if (!isFirstDone(planned, sums)) return [];
  return own
    .filter(({ reduceOnly }) => !reduceOnly)
    .map(({ orderLinkId }) => `${orderLinkId} rests after the first take-profit`);
}

function placeOf({ symbol, positionIdx }: PlacedPlan['plan']): string {
  return `${symbol}:${positionIdx}`;
}
