import { decimal } from '@backstop/core';
import type { PlanInput } from './plan-schema.ts';
import type { Distribution } from './shares-of.ts';

/** What a preset says in a plan's stead. Whatever the plan says itself stands above it, `false` included. */
export interface Preset extends Pick<
  PlanInput,
  'breakeven' | 'cancelEntriesAfterTakeProfit' | 'trailingStop' | 'timeLimit' | 'externalChanges' | 'deadlineSeconds'
> {
  /** Where the take-profits are given by their prices alone. */
  readonly distribution: Distribution;
  readonly steps?: PlanInput['stopLoss']['steps'];
}

export const PRESET_NAMES = ['scalp', 'swing', 'runner'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

const HOUR_MS = 3_600_000;

/** All presets. A plan keeps its id when one of them changes: what it says has not changed. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  /**
   * In and out within the hour: 85 % at the first take-profit, breakeven from there or out, entries gone with it. A market entry
   * that has not filled in 10 s is not wanted any more.
   */
  scalp: {
    distribution: 'front-loaded',
    breakeven: { afterTakeProfit: 1, ifThrough: 'exit' },
    cancelEntriesAfterTakeProfit: 1,
    timeLimit: { afterMs: HOUR_MS, action: 'close' },
    deadlineSeconds: 10,
  },
  /**
   * Days: even shares, the stop follows the take-profits one behind, a level that was passed already is waited for. What has not
   * worked out in three days has its stop at breakeven. What the operator changes by hand stands.
   */
  swing: {
    distribution: 'even',
    breakeven: { afterTakeProfit: 1, ifThrough: 'keep' },
    steps: { ifThrough: 'keep' },
    cancelEntriesAfterTakeProfit: 1,
    timeLimit: { afterMs: 72 * HOUR_MS, action: 'tighten' },
    externalChanges: 'respect',
  },
  /** As far as it goes: breakeven after the first take-profit, and from then on a trailing stop 2 % behind the best price. */
  runner: {
    distribution: 'even',
    breakeven: { afterTakeProfit: 1, ifThrough: 'keep' },
    cancelEntriesAfterTakeProfit: 1,
    trailingStop: { distancePercent: decimal('0.02'), afterTakeProfit: 1 },
  },
};
