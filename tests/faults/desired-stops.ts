import { format } from '@backstop/core';
import type { InProcessSimulator } from '@backstop/simulator';
import { averageOf, num, TAKER_RATE, type TrueFills } from './fills.ts';
import { isFirstDone } from './is-first-done.ts';
import type { PlacedPlan } from './places.ts';

/** A plan of which something was executed. */
interface Followed {
  readonly account: string;
  readonly planned: PlacedPlan;
  readonly sums: TrueFills;
}

/** Tells the exchange's truth where stops belong, so that it can measure for how long they stood elsewhere. */
export interface DesiredStops {
  readonly onFill: (followed: Followed) => void;
  /** To be called whenever prices may have moved. */
  readonly look: () => void;
}

export function openDesiredStops(venue: InProcessSimulator): DesiredStops {
  /** Plans whose stop stays where it is while the market is through breakeven (S-09), and where it was said to belong last. */
  const kept = new Map<string, Followed & { declared: string }>();
  return {
    onFill: (followed) => {
      const { plan } = followed.planned;
      const level = levelNow(venue, followed);
      if (level === undefined) return;
      if (plan.breakeven?.ifThrough === 'keep') kept.set(plan.id, { ...followed, declared: level });
      void declare(venue, followed, level);
    },
    look: () => {
      for (const one of kept.values()) {
        const level = levelNow(venue, one);
        if (level === undefined) kept.delete(one.planned.plan.id);
        if (level === undefined || level === one.declared) continue;
        one.declared = level;
        void declare(venue, one, level);
      }
    },
  };
}

/** Where the stop belongs in this moment; undefined = there is no position any more. */
function levelNow(venue: InProcessSimulator, { account, planned, sums }: Followed): string | undefined {
  const { plan, contract, isLong } = planned;
  const { accounts, instruments } = venue.simulator.engine.venue;
  const position = accounts.get(account)?.positions.get(`${plan.symbol}:${plan.positionIdx}`);
  if (position === undefined || position.size === 0n) return undefined;

  const planLevel = format(plan.stopLoss.triggerPrice);
  if (!isFirstDone(planned, sums)) return planLevel;
  const breakeven = sums.breakeven(averageOf(position), isLong, TAKER_RATE);
  const last = num(instruments.get(plan.symbol)?.last ?? 0n);
  const stays = plan.breakeven?.ifThrough === 'keep' && isPassed(breakeven, planned, last);
  return stays ? planLevel : breakeven.toFixed(contract.digits);
}

/** On its tick, which is rounded towards profit, the level is up to one further. */
function isPassed(level: number, { contract, isLong }: PlacedPlan, last: number): boolean {
  const tick = Number(contract.tickSize);
  return isLong ? last <= level + tick : last >= level - tick;
}

async function declare(venue: InProcessSimulator, { account, planned }: Followed, stop: string): Promise<void> {
  const { symbol, positionIdx } = planned.plan;
  await venue.control('POST desired', { account, symbol, positionIdx, stop }).catch(ignore);
}

function ignore(): void {}
