import { z } from 'zod';
import { GATE_ORDERS } from '../engine/options.ts';
import { streamOptionsBody } from '../streams/options-body.ts';
import { anyDecimal, positive } from './setup.ts';

const notNegative = anyDecimal.refine((value) => value >= 0n, 'is negative');

/** POST /sim/options: any of the engine's and the limits' options; what is not named stays. */
export const optionsBody = z
  .strictObject({
    attachedStop: z.enum(['per-fill', 'first-fill', 'never']),
    closeOnTriggerNeedsCapacity: z.boolean(),
    trimFirst: z.enum(['worst-price', 'newest', 'oldest']),
    reduceOnlyExemptFromMinNotional: z.boolean(),
    conditionalCancelStatus: z.enum(['Cancelled', 'Deactivated']),
    depthNotional: notNegative,
    spreadTicks: z.number().int().min(0).max(1_000),
    protection: notNegative,
    protectionBase: z.enum(['mark', 'last']),
    offGridPrice: z.enum(['refuse', 'truncate']),
    offGridQty: z.enum(['refuse', 'truncate']),
    limitBeyondBand: z.enum(['reprice', 'refuse']),
    endedOrderCode: z.enum(['unknown', 'by-status']),
    reduceOnlyAmendBeyond: z.enum(['cut', 'refuse']),
    unchangedAmend: z.enum(['refuse', 'accept']),
    linkIdReuse: z.enum(['never', 'after-end']),
    fullStopAmend: z.enum(['refuse', 'move']),
    defaultTriggerBy: z.enum(['LastPrice', 'MarkPrice', 'IndexPrice']),
    missingTriggerDirection: z.enum(['refuse', 'derive']),
    omittedTriggerBy: z.enum(['keep', 'LastPrice']),
    incompletePartialStop: z.enum(['parameter', 'not-modified']),
    partialOnRow: z.boolean(),
    waitingTrailing: z.enum(['hidden', 'shown']),
    trailingResend: z.enum(['not-modified', 'restart']),
    pairCancelType: z.enum(['oco', 'clear']),
    marginMissingStatus: z.enum(['Cancelled', 'Rejected']),
    showsTriggered: z.boolean(),
    triggerDelayMs: z.number().int().min(0).max(60_000),
    takerFeeRate: anyDecimal,
    makerFeeRate: anyDecimal,
    extraFeeRate: anyDecimal,
    marginPrice: z.enum(['mark', 'entry']),
    usdtIndexPrice: positive,
    funding: z.boolean(),
    liquidation: z.enum(['injected', 'by-margin']),
    takeoverDelayMs: z.number().int().min(0).max(600_000),
    openOnlyOne: z.enum(['closed', 'with-open']),
    listingLimit: z.enum(['refuse', 'clamp']),
    gateOrder: z.enum(GATE_ORDERS),
    updatedLagMs: z.number().int().min(0).max(60_000),
    forgetAfterMs: z.number().int().min(0).max(31_536_000_000),
    restLagMs: z.number().int().min(0).max(600_000),
    streams: streamOptionsBody,
    limits: z
      .strictObject({
        enabled: z.boolean(),
        perAddress: z.number().int().min(1),
        addressBanMs: z.number().int().min(0),
        refusedConsume: z.boolean(),
        refusedStatus: z.number().int().min(200).max(599),
        scale: z.number().min(0.01).max(1_000_000),
        socketsPerWindow: z.number().int().min(1),
        socketWindowMs: z.number().int().min(1),
        socketsPerAddress: z.number().int().min(1),
        refusedSocketsConsume: z.boolean(),
      })
      .partial(),
  })
  .partial();
