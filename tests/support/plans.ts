import type { Plan } from '@backstop/core';
import { aPlan, ladder, limitEntry, marketEntry } from '@backstop/core/testing';
import { SYMBOLS } from './venue.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
let planned = 0;

/**
 * The builder's plan, accepted now on a symbol of the venue: a long of 100 at the market (100) and 100 at 95, take-profits
 * 85/5/5/5 from 110, stop 90. `index` picks the symbol.
 */
export function planOn(account: string, index: number, overrides: Partial<Plan> = {}): Plan {
  planned += 1;
  const nowMs = Date.now();
  return aPlan({
    id: `plan${nowMs.toString(2).slice(-5).replaceAll('0', 'a').replaceAll('1', 'b')}${letters(planned)}`,
    account,
    symbol: SYMBOLS[index] ?? '',
    createdAtMs: nowMs,
    marketEntryDeadlineMs: nowMs + 30_000,
    ...overrides,
  });
}

/** Only what rests at a limit far away: nothing fills by itself. */
export function restingPlan(account: string, index: number, entries = 1): Plan {
  const prices = Array.from({ length: entries }, (_, entry) => `${80 - entry}`);
  return planOn(account, index, {
    entries: prices.map((price, entry) => limitEntry(`e${entry + 1}`, '10', price)),
    stopLoss: { triggerPrice: 50n * 10n ** 12n, triggerBy: 'LastPrice' },
  });
}

/** Only the market tranche. */
export function marketPlan(account: string, index: number, overrides: Partial<Plan> = {}): Plan {
  return planOn(account, index, {
    entries: [marketEntry('100')],
    takeProfits: ladder(['110', 85], ['115', 15]),
    ...overrides,
  });
}

function letters(count: number): string {
  return Array.from({ length: 3 }, (_, place) => LETTERS[Math.floor(count / 26 ** place) % 26]).join('');
}
