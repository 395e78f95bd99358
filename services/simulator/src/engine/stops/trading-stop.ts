import { checkLegs } from '../orders/check-request.ts';
import type { Decimal } from '../decimal.ts';
import { sourcePrice } from '../matching/source-price.ts';
import { judgeCancel } from '../truth/judge.ts';
import type { Account, Instrument, LegType, Position, PositionIdx, PriceSource } from '../model.ts';
import { checkLevel, checkPositionIdx, tradable } from '../orders/order-checks.ts';
import { onGrid } from '../orders/on-grid.ts';
import { couple, uncouple } from './pairs.ts';
import { addPartialStops } from './partial-stops.ts';
import { positionOf, touch } from '../money/positions.ts';
import { refusals } from '../refusal.ts';
import { removeFullStop, setFullStop } from './stops.ts';
import type { FullStop } from './stops.ts';
import { checkTrailing, isSameTrailing, setTrailing } from './trailing.ts';
import { settleMarket } from '../matching/trigger.ts';
import type { Venue } from '../venue.ts';

/** Each price: `undefined` = not in the request, 0n = remove. Reference C.16. */
export interface TradingStop {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly tpslMode: 'Full' | 'Partial';
  readonly takeProfit?: Decimal | undefined;
  readonly stopLoss?: Decimal | undefined;
  /** A distance, not a price. */
  readonly trailingStop?: Decimal | undefined;
  readonly activePrice?: Decimal | undefined;
  readonly tpTriggerBy?: PriceSource | undefined;
  readonly slTriggerBy?: PriceSource | undefined;
  readonly tpSize?: Decimal | undefined;
  readonly slSize?: Decimal | undefined;
  /** Limit in Partial mode only, with its price. */
  readonly tpOrderType?: LegType | undefined;
  readonly slOrderType?: LegType | undefined;
  readonly tpLimitPrice?: Decimal | undefined;
  readonly slLimitPrice?: Decimal | undefined;
}

/**
 * Sets, moves or removes the stop, take-profit and trailing stop of an open position. Throws a Refusal and changes
 * nothing: flat position or wrong side 10001, nothing different or named 34040. A stop and a
 * take-profit that are named together are a pair from then on; naming one alone breaks it (reference C.16).
 */
export function setTradingStop(venue: Venue, account: Account, asked: TradingStop): void {
  const instrument = tradable(venue, asked.symbol, true);
  const request = onGrid(venue, instrument, asked);
  checkPositionIdx(account, request.symbol, request.positionIdx);
  const position = positionOf(venue, account, request.symbol, request.positionIdx);
  if (position.size === 0n) throw refusals.flatPosition();
  if (request.tpslMode === 'Partial') addPartialStops(venue, account, position, { instrument, request });
  else setFull(venue, account, position, { instrument, request });
  settleMarket(venue, instrument);
}

function setFull(
  venue: Venue,
  account: Account,
  position: Position,
  { instrument, request }: { instrument: Instrument; request: TradingStop },
): void {
  const changes = [
    changeOf(venue, position, 'stopLoss', { price: request.stopLoss, by: request.slTriggerBy }),
    changeOf(venue, position, 'takeProfit', { price: request.takeProfit, by: request.tpTriggerBy }),
  ].filter((change) => change !== undefined);
  const changesTrailing = request.trailingStop !== undefined && !isSameTrailing(venue, position, request);
  if (changes.length === 0 && !changesTrailing) throw refusals.notModified();
  checkLegs(instrument, request);
  for (const change of changes) checkChange(instrument, position, change);
  if (changesTrailing) checkTrailing(instrument, request);
  for (const change of changes) applyChange(venue, account, position, change);
  if (changes.length > 0) bind(account, position, request);
  if (changesTrailing) setTrailing(venue, account, position, request);
  touch(venue, position);
}

/** Named together they are a pair; one alone goes its own way. */
function bind(account: Account, { stopLoss, takeProfit }: Position, request: TradingStop): void {
  const stops = [stopLoss, takeProfit].filter((stop) => stop !== undefined);
  for (const stop of stops) uncouple(account, stop);
  if (request.stopLoss !== undefined && request.takeProfit !== undefined) couple(stops);
}

interface Change {
  readonly kind: FullStop;
  readonly triggerPrice: Decimal;
  readonly triggerBy: PriceSource;
}

/** An omitted trigger source keeps the present one, unless the option says otherwise, and is the last price on a new stop. */
function changeOf(
  { options }: Venue,
  position: Position,
  kind: FullStop,
  { price, by }: { readonly price: Decimal | undefined; readonly by: PriceSource | undefined },
): Change | undefined {
  if (price === undefined) return undefined;
  const present = position[kind];
  if (present === undefined)
    return price === 0n ? undefined : { kind, triggerPrice: price, triggerBy: by ?? 'LastPrice' };
  const kept = options.omittedTriggerBy === 'keep' ? present.triggerBy : '';
  const triggerBy = by ?? (kept || 'LastPrice');
  const isSame = price === present.triggerPrice && triggerBy === present.triggerBy;
  return isSame ? undefined : { kind, triggerPrice: price, triggerBy };
}

function checkChange(instrument: Instrument, position: Position, { kind, triggerPrice, triggerBy }: Change): void {
  if (position.side === '') return;
  const base = sourcePrice(instrument, triggerBy);
  const name = kind === 'stopLoss' ? 'StopLoss' : 'TakeProfit';
  checkLevel(instrument, name, { price: triggerPrice, side: position.side, base, source: triggerBy });
}

function applyChange(venue: Venue, account: Account, position: Position, change: Change): void {
  const present = position[change.kind];
  if (change.triggerPrice > 0n) {
    setFullStop(venue, account, position, change);
    return;
  }
  if (present !== undefined) judgeCancel(venue, account, present);
  removeFullStop(venue, position, change.kind, 'CancelByUser');
}
