import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import { readPriceCsv } from '../prices/price-csv.ts';
import { pricesFaults, sourceOf } from '../prices/prices-spec.ts';
import type { PricesSpec } from '../prices/prices-spec.ts';
import type { Simulator } from '../simulator.ts';
import { positive, symbolName } from './setup.ts';

const FASTEST = 100_000;
const MOST_POINTS = 1_000_000;

const lagMs = z.number().int().min(0).max(3_600_000).default(0);
const percent = z.number().min(-50).max(50).default(0);
const seed = z.number().int().min(0).optional();
const common = {
  speed: z.number().positive().max(FASTEST).default(1),
  markLagMs: lagMs,
  indexLagMs: lagMs,
  markPct: percent,
  indexPct: percent,
};

const walk = z
  .strictObject({
    source: z.literal('walk'),
    seed,
    stepMs: z.number().int().min(10).max(60_000).default(500),
    volatilityPctPerMinute: z.number().min(0).max(100).default(1),
    driftPctPerMinute: z.number().min(-50).max(50).default(0),
    jumpsPerHour: z.number().min(0).default(0),
    jumpPct: z.number().min(0).max(90).default(5),
    symbols: z.array(symbolName).min(1).optional(),
    ...common,
  })
  .refine(({ stepMs, speed }) => stepMs / speed >= 1, { path: ['speed'], message: 'leaves less than 1 ms per step' });

const replay = z
  .strictObject({
    source: z.literal('replay'),
    seed,
    csv: z.string(),
    symbol: symbolName.optional(),
    ...common,
  })
  .transform(({ csv, symbol, ...rest }, context) => {
    const { faults, ...read } = { lines: [], ...readPriceCsv(csv, symbol) };
    for (const message of faults ?? []) context.addIssue({ code: 'custom', path: ['csv'], message });
    return { ...rest, ...read };
  });

const script = z
  .strictObject({
    source: z.literal('script'),
    symbol: symbolName,
    moves: z
      .array(
        z.strictObject({
          atMs: z.number().int().min(0).max(31_536_000_000),
          price: positive,
          mark: positive.optional(),
          index: positive.optional(),
          move: z.enum(['jump', 'linear']).default('jump'),
        }),
      )
      .min(1),
    everyMs: z.number().int().min(10).max(3_600_000).default(500),
    ...common,
  })
  .superRefine(({ moves, everyMs }, context) => {
    if ((moves.at(-1)?.atMs ?? 0) / everyMs > MOST_POINTS) {
      context.addIssue({ code: 'custom', path: ['everyMs'], message: 'makes more than a million points' });
    }
    for (const [index, { atMs }] of moves.entries()) {
      if (atMs >= (moves[index - 1]?.atMs ?? 0)) continue;
      context.addIssue({ code: 'custom', path: ['moves', index, 'atMs'], message: 'is before the move before it' });
    }
  });

/** POST /sim/prices, and a JSON file of `--prices`: one source. */
export const pricesBody = z
  .discriminatedUnion('source', [walk, replay, script])
  .transform(({ markLagMs, indexLagMs, markPct, indexPct, ...spec }): PricesSpec => {
    return { ...spec, basis: { markLagMs, indexLagMs, markPct, indexPct } };
  });

const stopBody = z.strictObject({ stop: z.literal(true) });

/** Starts the source that a body describes; what moved the same symbols before ends. `{"stop":true}` ends all. */
export function startPrices(simulator: Simulator, body: unknown): unknown {
  const { engine, config } = simulator;
  if (stopBody.safeParse(body).success) return stopPrices(simulator);
  const spec = pricesBody.parse(body);
  const faults = pricesFaults(spec, engine.venue.instruments);
  if (faults.length > 0) {
    throw new z.ZodError(faults.map((message) => ({ code: 'custom', path: ['prices'], message, input: undefined })));
  }
  playPrices(engine, spec, config.seed);
  return listPrices(simulator);
}

/** Starts a source whose spec fits the listed contracts. */
export function playPrices(engine: Engine, spec: PricesSpec, seedOfAll: number): void {
  const { instruments } = engine.venue;
  engine.startPrices(sourceOf(spec, { instruments, seed: seedOfAll }, engine.venue.nowMs()));
}

/** DELETE /sim/prices: every price stays where it is. */
export function stopPrices(simulator: Simulator): unknown {
  simulator.engine.stopPrices();
  return listPrices(simulator);
}

/** GET /sim/prices: the sources that are not over. */
export function listPrices({ engine }: Pick<Simulator, 'engine'>): unknown {
  const sources = engine.priceSources().map((running) => ({
    source: running.kind,
    symbols: [...running.symbols],
    nextAtMs: running.nextAtMs(),
  }));
  return { sources };
}
