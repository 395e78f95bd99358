import { decimal } from './decimal.ts';
import type { Decimal } from './decimal.ts';

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
  /** Share of the mark price that a market order may move away from it. */
  protection: Decimal;
  /** How long a stop stays `Triggered` before it executes. */
  triggerDelayMs: number;
  takerFeeRate: Decimal;
  makerFeeRate: Decimal;
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
    triggerDelayMs: 0,
    takerFeeRate: decimal('0.00055'),
    makerFeeRate: decimal('0.0002'),
  };
}
