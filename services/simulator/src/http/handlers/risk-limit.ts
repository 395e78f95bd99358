import { z } from 'zod';
import { roundTo, show, showFixed } from '../../engine/decimal.ts';
import type { Instrument } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import type { RiskTier } from '../../engine/money/risk-tiers.ts';
import { parse } from '../call.ts';
import type { Answer, PublicCall } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields } from '../fields.ts';

const SYMBOLS_PER_PAGE = 15;
const RATE_PLACES = 8;

const query = z.object({
  category: z.enum(['linear', 'inverse'], 'category invalid'),
  symbol: fields.text,
  cursor: fields.text,
});

/** GET /v5/market/risk-limit (reference C.4): the tiers of one symbol, or of 15 symbols a page. */
export function riskLimit({ engine, input }: PublicCall): Answer {
  const { category, symbol, cursor } = parse(query, input);
  if (category !== 'linear') return { result: { category, list: [], nextPageCursor: '' } };
  const { instruments } = engine.venue;
  if (symbol !== undefined && !instruments.has(symbol)) throw refusals.unknownSymbol();
  const after = cursor === undefined ? '' : (decodeCursor(cursor).at(-1) ?? '');
  const meant = [...instruments.values()]
    .filter((instrument) => (symbol === undefined ? instrument.symbol > after : instrument.symbol === symbol))
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const page = meant.slice(0, SYMBOLS_PER_PAGE);
  const nextPageCursor = meant.length > page.length ? encodeCursor([page.at(-1)?.symbol ?? '']) : '';
  return { result: { category, list: page.flatMap(rowsOf), nextPageCursor } };
}

function rowsOf({ symbol, riskTiers }: Instrument): readonly Record<string, unknown>[] {
  return riskTiers.map((tier, index) => tierRow(symbol, tier, index === 0));
}

function tierRow(symbol: string, tier: RiskTier, isLowest: boolean): Record<string, unknown> {
  return {
    id: tier.id,
    symbol,
    riskLimitValue: show(tier.riskLimitValue),
    maintenanceMargin: show(tier.maintenanceRate),
    initialMargin: show(roundTo(tier.initialRate, RATE_PLACES)),
    isLowestRisk: isLowest ? 1 : 0,
    maxLeverage: showFixed(tier.maxLeverage, 2),
    mmDeduction: show(tier.mmDeduction),
  };
}
