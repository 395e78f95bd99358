import * as fc from 'fast-check';
import { ONE } from './core.ts';
import type { Decimal, Entry, Instrument, Lane, Plan, Side, TakeProfit } from './core.ts';
import { anInstrument, aPlan, START_MS } from './builders.ts';
import { withPolicies } from './policies.ts';

/** One thing that happens to a plan, or one look at it. */
export type Step =
  /** The market goes to reference + `units` / 4 of the plan's unit, in the direction of profit. */
  | { readonly kind: 'move'; readonly units: number; readonly quarters: number }
  /** One lane is checked; of its actions those are sent whose bit in `mask` is set. */
  | { readonly kind: 'check'; readonly lane: Lane; readonly mask: number }
  /** The same on rows of different age: so many pictures ago. */
  | { readonly kind: 'stale'; readonly lane: Lane; readonly positionAge: number; readonly ordersAge: number }
  /** The same on listings and executions that lag by so many pictures, a second at most, and do not say so. */
  | {
      readonly kind: 'lagging';
      readonly lane: Lane;
      readonly mask: number;
      readonly positionLag: number;
      readonly ordersLag: number;
      readonly executionsLag: number;
    }
  | { readonly kind: 'rest' }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Somebody else trades this many quarters of the position's size. */
  | { readonly kind: 'trade'; readonly side: Side; readonly quarters: number }
  /** Somebody else cancels one of our orders. */
  | { readonly kind: 'end'; readonly leg: string }
  /** Somebody else moves the stop by so many quarters of the unit, or removes it. */
  | { readonly kind: 'stop'; readonly quarters: number | undefined };

/** A plan on an instrument of its own, and what happens to it. */
export interface Story {
  readonly instrument: Instrument;
  readonly plan: Plan;
  readonly reference: Decimal;
  /** The distance that the plan's levels are measured in. */
  readonly unit: Decimal;
  /** How many quarters of a market entry find liquidity. */
  readonly marketQuarters: number;
  /** Time from one step to the next. */
  readonly stepMs: number;
  readonly steps: readonly Step[];
}

export interface StoryOptions {
  /** Whether others may trade and cancel in the story. */
  readonly hasOthers?: boolean;
  /** Whether plans have exit policies beside breakeven, and others also move the stop. */
  readonly hasPolicies?: boolean;
  /** A story in which what the exchange shows lags what it acknowledged, and market entries may fill in part. */
  readonly isLagging?: boolean;
  readonly maxSteps?: number;
  /** Whether the story waits at its end until nothing is under way any more. */
  readonly isPatient?: boolean;
}

const STEP_MS = 500;
const LAGGING_STEP_MS = 200;
/** A second, in steps. */
const MOST_LAG = 5;
const REST: Step = { kind: 'rest' };
const PATIENCE: readonly Step[] = [REST, { kind: 'wait', ms: 10_000 }];

export function instruments(): fc.Arbitrary<Instrument> {
  return fc
    .tuple(scaled([1, 2, 5, 25], 5), scaled([1, 2, 5, 10], 3), fc.integer({ min: 1, max: 30 }))
    .map(([tickSize, qtyStep, least]) =>
      anInstrument({ tickSize, qtyStep, minOrderQty: qtyStep * BigInt(least), minNotionalValue: 0n }),
    );
}

/** One of the factors, divided by ten up to `places` times. */
function scaled(factors: readonly number[], places: number): fc.Arbitrary<Decimal> {
  return fc
    .tuple(fc.constantFrom(...factors), fc.integer({ min: 0, max: places }))
    .map(([factor, exponent]) => (BigInt(factor) * ONE) / 10n ** BigInt(exponent));
}

export function stories({
  hasOthers = false,
  hasPolicies = false,
  isLagging = false,
  maxSteps = 12,
  isPatient = false,
}: StoryOptions = {}): fc.Arbitrary<Story> {
  return fc.tuple(instruments(), fc.integer({ min: 2_000, max: 200_000 })).chain(([instrument, ticks]) => {
    const reference = BigInt(ticks) * instrument.tickSize;
    const unit = BigInt(Math.floor(ticks / 100)) * instrument.tickSize;
    const steps = isLagging
      ? laggingSteps()
      : fc.array(stepsOf(hasOthers, hasPolicies), { minLength: 2, maxLength: maxSteps });
    const quarters = isLagging ? fc.integer({ min: 1, max: 4 }) : fc.constant(4);
    const plain = plans(instrument, reference, unit);
    const planned = hasPolicies ? plain.chain((plan) => withPolicies(plan, unit)) : plain;
    return fc.tuple(planned, quarters, steps).map(([plan, marketQuarters, story]) => ({
      instrument,
      marketQuarters,
      stepMs: isLagging ? LAGGING_STEP_MS : STEP_MS,
      plan,
      reference,
      unit,
      steps: [...(isLagging ? [] : [REST]), ...story, ...(isPatient ? PATIENCE : [])],
    }));
  });
}

function plans(instrument: Instrument, reference: Decimal, unit: Decimal): fc.Arbitrary<Plan> {
  const quantity = fc
    .integer({ min: 1, max: 400 })
    .map((steps) => instrument.minOrderQty + BigInt(steps) * instrument.qtyStep);

  return fc
    .record({
      side: fc.constantFrom<Side>('Buy', 'Sell'),
      market: fc.option(quantity, { freq: 4, nil: undefined }),
      limits: fc.array(fc.tuple(quantity, fc.integer({ min: 1, max: 2 })), { minLength: 1, maxLength: 3 }),
      shares: shares(),
      breakeven: fc.constantFrom(undefined, 'exit' as const, 'keep' as const),
      cancelEntriesAfterTakeProfit: fc.constantFrom(undefined, 1),
      expiresInMs: fc.constantFrom(undefined, 5_000, 60_000),
    })
    .map(({ side, market, limits, shares: percents, breakeven, cancelEntriesAfterTakeProfit, expiresInMs }) => {
      const away = side === 'Buy' ? unit : -unit;
      const depth = limits.map(([, gap]) => BigInt(gap));
      const price = (index: number): Decimal =>
        reference - away * depth.slice(0, index + 1).reduce((a, b) => a + b, 0n);
      const entries: readonly Entry[] = [
        ...(market === undefined ? [] : [{ leg: 'e0', type: 'Market', qty: market } as const]),
        ...limits.map(([qty], index) => ({ leg: `e${index + 1}`, type: 'Limit', qty, price: price(index) }) as const),
      ];
      const triggerPrice = price(limits.length - 1) - away * 2n;
      const { breakeven: _breakeven, cancelEntriesAfterTakeProfit: _cancel, ...base } = aPlan();
      return {
        ...base,
        side,
        entries,
        takeProfits: percents.map(rungAt(reference, away)),
        stopLoss: { triggerPrice, triggerBy: 'LastPrice' as const },
        referencePrice: reference,
        ...(breakeven !== undefined && { breakeven: { afterTakeProfit: 1, ifThrough: breakeven } }),
        ...(cancelEntriesAfterTakeProfit !== undefined && { cancelEntriesAfterTakeProfit }),
        ...(expiresInMs !== undefined && { entriesExpireAtMs: START_MS + expiresInMs }),
      };
    });
}

function rungAt(reference: Decimal, away: Decimal): (percent: number, index: number) => TakeProfit {
  return (percent, index) => ({
    leg: `t${index + 1}`,
    price: reference + away * BigInt(2 + index),
    share: (BigInt(percent) * ONE) / 100n,
  });
}

/** One to five whole percentages above 0 that sum to 100. */
function shares(): fc.Arbitrary<readonly number[]> {
  return fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 }).map((cuts) => {
    const edges = [0, ...cuts.toSorted((a, b) => a - b), 100];
    return edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0));
  });
}

function stepsOf(hasOthers: boolean, hasPolicies: boolean): fc.Arbitrary<Step> {
  const lane = fc.constantFrom<Lane>('tp-sl', 'limit-order');
  const age = fc.integer({ min: 0, max: 3 });
  const own: readonly fc.WeightedArbitrary<Step>[] = [
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('move' as const),
        units: fc.integer({ min: -20, max: 28 }),
        quarters: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('check' as const), lane, mask: fc.integer({ min: 0, max: 255 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('stale' as const), lane, positionAge: age, ordersAge: age }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: 'rest' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_500, 10_000, 40_000) }),
    },
  ];
  const others: readonly fc.WeightedArbitrary<Step>[] = [
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('trade' as const),
        side: fc.constantFrom<Side>('Buy', 'Sell'),
        quarters: fc.integer({ min: 1, max: 6 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('end' as const), leg: fc.constantFrom('e1', 'e2', 't1', 't2', 't3') }),
    },
  ];
  const byHand: fc.WeightedArbitrary<Step> = {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stop' as const),
      quarters: fc.option(fc.integer({ min: -8, max: 8 }), { nil: undefined }),
    }),
  };
  return fc.oneof(...own, ...(hasOthers ? others : []), ...(hasOthers && hasPolicies ? [byHand] : []));
}

/** Entered, up through the take-profits and down to the entries again, with looks that lag in between. */
function laggingSteps(): fc.Arbitrary<readonly Step[]> {
  const isRested = fc.boolean();
  const up = moves([6, 28], [4, 4, 2]);
  const down = moves([-4, -8, -20], [4, 2]);
  return fc
    .tuple(laggingLooks(), isRested, up, laggingLooks(), down, laggingLooks())
    .map(([first, hasRest, rise, second, fall, third]) => [
      ...first,
      ...(hasRest ? [REST] : []),
      rise,
      ...second,
      fall,
      ...third,
    ]);
}

function moves(units: readonly number[], quarters: readonly number[]): fc.Arbitrary<Step> {
  const kind = fc.constant('move' as const);
  return fc.record({ kind, units: fc.constantFrom(...units), quarters: fc.constantFrom(...quarters) });
}

function laggingLooks(): fc.Arbitrary<readonly Step[]> {
  const lag = fc.integer({ min: 0, max: MOST_LAG });
  const together = lag.map((steps) => [steps, steps, steps] as const);
  const look = fc
    .tuple(
      fc.oneof(together, fc.tuple(lag, lag, lag)),
      fc.constantFrom<Lane>('tp-sl', 'limit-order'),
      fc.constantFrom(255, 255, 0),
    )
    .map(([[positionLag, ordersLag, executionsLag], lane, mask]) => {
      return { kind: 'lagging' as const, lane, mask, positionLag, ordersLag, executionsLag };
    });
  return fc.array(look, { maxLength: 5 });
}
