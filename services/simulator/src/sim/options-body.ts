import { z } from 'zod';
import { parseDecimal } from '../engine/decimal.ts';

const rate = z.string().transform((text, context) => {
  const value = parseDecimal(text);
  if (value !== undefined) return value;
  context.addIssue({ code: 'custom', message: 'is not a decimal' });
  return z.NEVER;
});

/** POST /sim/options: any of the engine's and the limits' options; what is not named stays. */
export const optionsBody = z
  .strictObject({
    attachedStop: z.enum(['per-fill', 'first-fill', 'never']),
    closeOnTriggerNeedsCapacity: z.boolean(),
    trimFirst: z.enum(['worst-price', 'newest', 'oldest']),
    reduceOnlyExemptFromMinNotional: z.boolean(),
    conditionalCancelStatus: z.enum(['Cancelled', 'Deactivated']),
    depthNotional: rate,
    spreadTicks: z.number().int().min(0).max(1_000),
    protection: rate,
    triggerDelayMs: z.number().int().min(0).max(60_000),
    takerFeeRate: rate,
    makerFeeRate: rate,
    limits: z
      .strictObject({
        enabled: z.boolean(),
        perAddress: z.number().int().min(1),
        addressBanMs: z.number().int().min(0),
        refusedConsume: z.boolean(),
      })
      .partial(),
  })
  .partial();
