import { z } from 'zod';
import { modeOf } from '../../engine/money/accounts.ts';
import type { Account, Position } from '../../engine/model.ts';
import { positionOf } from '../../engine/money/positions.ts';
import { refusals } from '../../engine/refusal.ts';
import type { Venue } from '../../engine/venue.ts';
import { parse, parseListing, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { fields, limitField } from '../fields.ts';
import { leverageRow, positionRow } from '../rows/position-row.ts';

const listQuery = z.object({
  category: z.string(),
  symbol: fields.text,
  settleCoin: fields.text,
  limit: limitField(200, 20),
  cursor: fields.text,
});

/** GET /v5/position/list (reference C.5): by symbol also flat, by coin only open; the cursor is never empty with rows. */
export function positionList({ engine, account, input }: Call): Answer {
  const { category, symbol, settleCoin, limit, cursor } = parseListing(listQuery, { engine, input });
  if (category === 'inverse') return { result: { nextPageCursor: '', category, list: [] } };
  requireLinear({ category });
  if (symbol === undefined && settleCoin === undefined) {
    throw refusals.parameter('Missing some parameters that must be filled in, symbol or settleCoin');
  }
  const { venue } = engine;
  const positions = symbol === undefined ? openPositions(account, settleCoin) : ofSymbol(venue, account, symbol);
  const page = positions.filter((position) => isAfter(position, cursor)).slice(0, limit);
  const last = page.at(-1);
  const nextPageCursor =
    last === undefined ? '' : encodeCursor([last.symbol, String(last.updatedAtMs), String(last.positionIdx)]);
  return { result: { nextPageCursor, category, list: page.map((position) => positionRow(venue, account, position)) } };
}

function openPositions(account: Account, settleCoin: string | undefined): readonly Position[] {
  if (settleCoin !== 'USDT') return [];
  return [...account.positions.values()].filter(({ size }) => size > 0n).toSorted(bySymbol);
}

function ofSymbol(venue: Venue, account: Account, symbol: string): readonly Position[] {
  if (!venue.instruments.has(symbol)) throw refusals.unknownSymbol();
  const indexes = modeOf(account, symbol) === 'hedge' ? ([1, 2] as const) : ([0] as const);
  return indexes.map((positionIdx) => positionOf(venue, account, symbol, positionIdx));
}

function bySymbol(a: Position, b: Position): number {
  return a.symbol === b.symbol ? a.positionIdx - b.positionIdx : a.symbol < b.symbol ? -1 : 1;
}

function isAfter(position: Position, cursor: string | undefined): boolean {
  if (cursor === undefined) return true;
  const [symbol = '', , positionIdx = ''] = decodeCursor(cursor);
  return position.symbol > symbol || (position.symbol === symbol && position.positionIdx > Number(positionIdx));
}

const symbolInfoQuery = z.object({ category: z.string(), symbol: fields.text });

/** GET /v5/position/symbol-info (reference C.5): the leverage of each position, also of one that is not there. */
export function symbolInfo({ engine, account, input }: Call): Answer {
  const { category, symbol } = parse(symbolInfoQuery, input);
  requireLinear({ category });
  const symbols = symbol === undefined ? [...engine.venue.instruments.keys()] : [symbol];
  const positions = symbols.flatMap((name) => ofSymbol(engine.venue, account, name));
  return { result: { category, list: positions.map((position) => leverageRow(account, position)) } };
}

const tradingStopBody = z.object({
  category: z.string(),
  symbol: z.string(),
  tpslMode: z.enum(['Full', 'Partial']).default('Full'),
  positionIdx: fields.positionIdx,
  takeProfit: fields.change,
  stopLoss: fields.change,
  trailingStop: fields.change,
  activePrice: fields.change,
  tpTriggerBy: fields.priceSource,
  slTriggerBy: fields.priceSource,
  tpSize: fields.change,
  slSize: fields.change,
  tpOrderType: fields.legType,
  slOrderType: fields.legType,
  tpLimitPrice: fields.change,
  slLimitPrice: fields.change,
});

/** POST /v5/position/trading-stop (reference C.16). */
export function tradingStop({ engine, account, input }: Call): Answer {
  const request = parse(tradingStopBody, input);
  requireLinear(request);
  engine.setTradingStop(account, request);
  return { result: {} };
}

const leverageBody = z.object({
  category: z.string(),
  symbol: z.string(),
  buyLeverage: fields.amount,
  sellLeverage: fields.amount,
});

/** POST /v5/position/set-leverage (reference C.17). */
export function setLeverage({ engine, account, input }: Call): Answer {
  const request = parse(leverageBody, input);
  requireLinear(request);
  engine.setLeverage(account, request.symbol, { buy: request.buyLeverage, sell: request.sellLeverage });
  return { result: {} };
}

const switchModeBody = z.object({
  category: z.string(),
  symbol: fields.text,
  coin: fields.text,
  mode: z.union([z.literal(0), z.literal(3)]),
});

/** POST /v5/position/switch-mode (reference C.17): mode 0 one-way, 3 hedge; by symbol or for a whole coin. */
export function switchMode({ engine, account, input }: Call): Answer {
  const request = parse(switchModeBody, input);
  requireLinear(request);
  if (request.symbol === undefined && request.coin !== 'USDT') throw refusals.parameter('params error: symbol or coin');
  engine.switchMode(account, request.symbol, request.mode === 3 ? 'hedge' : 'one-way');
  return { result: {} };
}
