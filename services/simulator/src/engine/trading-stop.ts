import type { Decimal } from './decimal.ts';
import { sourcePrice } from './instruments.ts';
import { judgeCancel } from './judge.ts';
import type { Account, Instrument, Position, PositionIdx, PriceSource } from './model.ts';
import { checkLevel, checkPositionIdx, checkPrice, tradable } from './order-checks.ts';
import { end } from './book.ts';
import { addPartialStops } from './partial-stops.ts';
import { positionOf, touch } from './positions.ts';
import { refusals } from './refusal.ts';
import { removeFullStop, setFullStop, trail } from './stops.ts';
import type { FullStop } from './stops.ts';
import { settleMarket } from './trigger.ts';
import type { Venue } from './venue.ts';

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
}

/**
 * Sets, moves or removes the stop, take-profit and trailing stop of an open position. Throws a Refusal and changes
 * nothing: flat position or wrong side 10001, nothing named or nothing different 34040.
 */
export function setTradingStop(venue: Venue, account: Account, request: TradingStop): void {
  const instrument = tradable(venue, request.symbol);
  checkPositionIdx(account, request.symbol, request.positionIdx);
  const position = positionOf(venue, account, request.symbol, request.positionIdx);
  if (position.size === 0n) throw refusals.flatPosition();
  if (request.tpslMode === 'Partial') addPartialStops(venue, account, position, request);
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
    changeOf(position, 'stopLoss', request.stopLoss, request.slTriggerBy),
    changeOf(position, 'takeProfit', request.takeProfit, request.tpTriggerBy),
  ].filter((change) => change !== undefined);
  const changesTrailing = request.trailingStop !== undefined && !isSameTrailing(position, request);
  if (changes.length === 0 && !changesTrailing) throw refusals.notModified();
  for (const change of changes) checkChange(instrument, position, change);
  if (changesTrailing) checkTrailing(instrument, request);
  for (const change of changes) applyChange(venue, account, position, change);
  if (changesTrailing) applyTrailing(venue, account, position, request);
  touch(venue, position);
}

interface Change {
  readonly kind: FullStop;
  readonly triggerPrice: Decimal;
  readonly triggerBy: PriceSource;
}

/** An omitted trigger source keeps the present one (unconfirmed), and is the last price on a new stop. */
function changeOf(
  position: Position,
  kind: FullStop,
  price: Decimal | undefined,
  by: PriceSource | undefined,
): Change | undefined {
  if (price === undefined) return undefined;
  const present = position[kind];
  if (present === undefined)
    return price === 0n ? undefined : { kind, triggerPrice: price, triggerBy: by ?? 'LastPrice' };
  const triggerBy = by ?? (present.triggerBy || 'LastPrice');
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

function isSameTrailing({ trailing }: Position, { trailingStop = 0n, activePrice }: TradingStop): boolean {
  const isSameActive = activePrice === undefined || activePrice === (trailing?.activePrice ?? 0n);
  return trailingStop === (trailing?.distance ?? 0n) && isSameActive;
}

function checkTrailing(instrument: Instrument, { trailingStop = 0n, activePrice = 0n }: TradingStop): void {
  if (trailingStop > 0n) checkPrice(instrument, trailingStop, 'TrailingStop');
  if (activePrice > 0n) checkPrice(instrument, activePrice, 'ActivePrice');
  if (trailingStop >= instrument.last) throw refusals.parameter('TrailingStop invalid');
}

/** Setting a distance starts the trail anew at the present price (unconfirmed for an unchanged distance: S-10). */
function applyTrailing(venue: Venue, account: Account, position: Position, request: TradingStop): void {
  const former = position.trailing?.order;
  position.trailing = undefined;
  if (former !== undefined) end(venue, former, venue.options.conditionalCancelStatus, { cancelType: 'CancelByUser' });
  const { trailingStop: distance = 0n, activePrice = 0n } = request;
  if (distance === 0n) return;
  position.trailing = { distance, activePrice, order: undefined };
  trail(venue, account, position);
}
