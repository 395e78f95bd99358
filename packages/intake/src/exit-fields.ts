import { z } from 'zod';
import { percent, positive } from './decimals.ts';
import { PRESET_NAMES } from './presets.ts';
import { DISTRIBUTIONS } from './shares-of.ts';

export const MAX_LEGS = 20;
const MAX_TIME_LIMIT_MS = 366 * 86_400_000;
const MAX_WINDOW_MS = 86_400_000;

/** Which take-profit something waits for, from 1. */
export const takeProfitNumber = z.int().min(1).max(MAX_LEGS);
const ifThrough = z.enum(['exit', 'keep']);
const policy = z.enum(['respect', 'reassert']);

export const triggerBy = z.enum(['LastPrice', 'MarkPrice', 'IndexPrice']);

/** Whether the stop follows the take-profits. */
export const steps = z.union(
  [z.boolean(), z.strictObject({ ifThrough: ifThrough.optional() })],
  'expected true, false or {ifThrough}',
);

const takeProfits = z.union(
  [
    z
      .array(z.strictObject({ price: positive, percent }))
      .min(1)
      .max(MAX_LEGS),
    z.strictObject({
      prices: z.array(positive).min(1).max(MAX_LEGS),
      distribution: z.enum(DISTRIBUTIONS).optional(),
    }),
  ],
  'expected a list of {price, percent}, or {prices, distribution}',
);

const trailingStop = z
  .strictObject({
    distance: positive.optional(),
    distancePercent: percent.optional(),
    activePrice: positive.optional(),
    afterTakeProfit: takeProfitNumber.optional(),
  })
  .refine(({ distance, distancePercent }) => (distance === undefined) !== (distancePercent === undefined), {
    path: ['distance'],
    message: 'give either distance or distancePercent',
  });

/** How a plan is left: its take-profits, its stop, and what moves them. `false` turns a default, or a preset's part, off. */
export const exitFields = {
  preset: z.enum(PRESET_NAMES).optional(),
  takeProfits,
  stopLoss: z.strictObject({
    triggerPrice: positive,
    triggerBy: triggerBy.optional(),
    steps: steps.optional(),
  }),
  breakeven: z
    .union(
      [
        z.literal(false),
        z.strictObject({ afterTakeProfit: takeProfitNumber.optional(), ifThrough: ifThrough.optional() }),
      ],
      'expected false or {afterTakeProfit, ifThrough}',
    )
    .optional(),
  trailingStop: z
    .union([z.literal(false), trailingStop], 'expected false or {distance, activePrice, afterTakeProfit}')
    .optional(),
  timeLimit: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          afterMs: z.int().positive().max(MAX_TIME_LIMIT_MS),
          action: z.enum(['close', 'tighten']),
        }),
      ],
      'expected false or {afterMs, action}',
    )
    .optional(),
  externalChanges: z
    .union(
      [
        policy,
        z.strictObject({
          policy,
          mostReassertions: z.int().min(1).max(20).optional(),
          withinMs: z.int().min(1_000).max(MAX_WINDOW_MS).optional(),
        }),
      ],
      'expected respect, reassert or {policy, mostReassertions, withinMs}',
    )
    .optional(),
  cancelEntriesAfterTakeProfit: z
    .union([z.literal(false), takeProfitNumber], 'expected false or the number of a take-profit')
    .optional(),
};
