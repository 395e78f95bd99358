import { decimal } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { PriceSource } from './model.ts';

/** A signature cannot be looked at before its key is known. */
export const GATE_ORDERS = ['key-timestamp-signature', 'key-signature-timestamp', 'timestamp-key-signature'] as const;

/** What the reference leaves unconfirmed, or what a test wants worse than usual. */
export interface EngineOptions {
  /** How often an entry's attached stop replaces the position's (reference C.16, exit rule S-02). */
  attachedStop: 'per-fill' | 'first-fill' | 'never';
  /** Whether a closing market order is limited by resting reduce-only orders, and so may answer 110017. */
  closeOnTriggerNeedsCapacity: boolean;
  /** Which resting reduce-only orders shrink first when the position does. */
  trimFirst: 'worst-price' | 'newest' | 'oldest';
  /** Whether orders under the minimum value may close (reference C.12). */
  reduceOnlyExemptFromMinNotional: boolean;
  /** Status of a conditional or stop order that its user cancelled (reference C.18). */
  conditionalCancelStatus: 'Cancelled' | 'Deactivated';
  /** USDT that one price level holds; 0 = endless, every order fills whole. */
  depthNotional: Decimal;
  /** Distance of best bid and ask in ticks; the ask is the last price. */
  spreadTicks: number;
  /** Share of its base price that a market order may move away from it. */
  protection: Decimal;
  /** The base of the protection price: the mark price, as in 2025-26, or the last price, as before (reference C.12). */
  protectionBase: 'mark' | 'last';
  /** Prices off the tick: refused with 10001, or cut to the tick below (reference C.12). */
  offGridPrice: 'refuse' | 'truncate';
  /** Quantities off the step: refused with 10001, or cut to the step below (reference C.12). */
  offGridQty: 'refuse' | 'truncate';
  /** Limit prices beyond the band: re-priced to its edge, or refused (reference C.4). */
  limitBeyondBand: 'reprice' | 'refuse';
  /** How a cancel or amend of an order that has ended is refused: 110001, or 110008 (filled) and 110010 (cancelled). */
  endedOrderCode: 'unknown' | 'by-status';
  /** A reduce-only order amended beyond what is free: cut like a create, or refused with 110022. */
  reduceOnlyAmendBeyond: 'cut' | 'refuse';
  /** An amend that changes nothing: refused with 10001, or accepted without effect. */
  unchangedAmend: 'refuse' | 'accept';
  /** A create under the link id of an order that has ended: 110072 like any other, or accepted (reference C.20). */
  linkIdReuse: 'never' | 'after-end';
  /** A Full-mode stop or take-profit in order/amend: refused with 110060, or moved. */
  fullStopAmend: 'refuse' | 'move';
  /** What a conditional order looks at that does not say it (reference L). */
  defaultTriggerBy: PriceSource;
  /** A conditional order without a direction: refused with 10001, or it waits where its price lies (reference L). */
  missingTriggerDirection: 'refuse' | 'derive';
  /** A trading-stop that moves a stop and names no source: the present one stays, or it is the last price. */
  omittedTriggerBy: 'keep' | 'LastPrice';
  /** A Partial trading-stop without a level and its size: 10001 with a text of its own, or 34040 (reference A.5). */
  incompletePartialStop: 'parameter' | 'not-modified';
  /** Whether the position's row shows its newest Partial levels where it has no Full ones (reference C.16). */
  partialOnRow: boolean;
  /** A trailing stop before its activation price: no order, or an Untriggered one at that price (exit rule S-10). */
  waitingTrailing: 'hidden' | 'shown';
  /** Sending a trailing stop's distance again: refused with 34040, or the trail starts anew (exit rule S-10). */
  trailingResend: 'not-modified' | 'restart';
  /** cancelType of the other half of a pair whose first half has triggered (reference L). */
  pairCancelType: 'oco' | 'clear';
  /** What becomes of a conditional order whose margin is missing when it triggers (reference C.12). */
  marginMissingStatus: 'Cancelled' | 'Rejected';
  /** Whether conditional orders show `Triggered` before their next state; stops do so only when they wait. */
  showsTriggered: boolean;
  /** How long a stop stays `Triggered` before it executes. */
  triggerDelayMs: number;
  takerFeeRate: Decimal;
  makerFeeRate: Decimal;
  /** A tax on the executed value, on top of the fee (reference E.1). */
  extraFeeRate: Decimal;
  /** Whether position margins are shown by mark price, as since 2026, or by entry value (reference E.4). */
  marginPrice: 'mark' | 'entry';
  /** What a USDT is worth in the wallet's USD totals. */
  usdtIndexPrice: Decimal;
  /** Whether positions pay funding when their symbol's interval ends. */
  funding: boolean;
  /** Whether the exchange takes over positions whose margin is used up, or only those that it is told to. */
  liquidation: 'injected' | 'by-margin';
  /** How long a taken-over position stays `Liq` or `Adl` before it is closed. */
  takeoverDelayMs: number;
  /** What order/realtime lists with openOnly=1: closed orders alone, or the open ones too (reference C.6). */
  openOnlyOne: 'closed' | 'with-open';
  /** `limit` above a listing's maximum: refused with 10001, or taken for the maximum. */
  listingLimit: 'refuse' | 'clamp';
  /** What the gate looks at first, second and third (reference A.2). */
  gateOrder: (typeof GATE_ORDERS)[number];
  /** How much later than the event orders and positions say that they were updated; captures show 2 to 4 ms. */
  updatedLagMs: number;
  /** What has ended is forgotten after this long, by the listings and by the truth; 0 = never. */
  forgetAfterMs: number;
}

export function defaultOptions(): EngineOptions {
  return {
    attachedStop: 'per-fill',
    closeOnTriggerNeedsCapacity: false,
    trimFirst: 'worst-price',
    reduceOnlyExemptFromMinNotional: true,
    conditionalCancelStatus: 'Deactivated',
    depthNotional: 0n,
    spreadTicks: 1,
    protection: decimal('0.05'),
    protectionBase: 'mark',
    offGridPrice: 'refuse',
    offGridQty: 'refuse',
    limitBeyondBand: 'reprice',
    endedOrderCode: 'unknown',
    reduceOnlyAmendBeyond: 'cut',
    unchangedAmend: 'refuse',
    linkIdReuse: 'never',
    fullStopAmend: 'refuse',
    defaultTriggerBy: 'LastPrice',
    missingTriggerDirection: 'refuse',
    omittedTriggerBy: 'keep',
    incompletePartialStop: 'parameter',
    partialOnRow: false,
    waitingTrailing: 'hidden',
    trailingResend: 'not-modified',
    pairCancelType: 'oco',
    marginMissingStatus: 'Cancelled',
    showsTriggered: true,
    triggerDelayMs: 0,
    takerFeeRate: decimal('0.00055'),
    makerFeeRate: decimal('0.0002'),
    extraFeeRate: 0n,
    marginPrice: 'mark',
    usdtIndexPrice: decimal('1'),
    funding: true,
    liquidation: 'injected',
    takeoverDelayMs: 0,
    openOnlyOne: 'closed',
    listingLimit: 'refuse',
    gateOrder: 'key-timestamp-signature',
    updatedLagMs: 0,
    forgetAfterMs: 0,
  };
}
