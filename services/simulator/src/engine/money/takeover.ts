import { end, newOrder, register } from '../orders/book.ts';
import { max, min } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { applyFill } from '../matching/fill.ts';
import { bankruptcyPrice } from './liquidation-price.ts';
import { isWorking, opposite } from '../model.ts';
import type { Account, ExecType, Order, Position, PositionIdx } from '../model.ts';
import { positionOf, touch } from './positions.ts';
import { refusals } from '../refusal.ts';
import { updateTimeMs } from '../update-time.ts';
import { requireAccount, requireInstrument } from '../venue.ts';
import type { Venue } from '../venue.ts';

/** Which position the exchange takes over, and how; an omitted quantity is the whole position. */
export interface TakeoverRequest {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly qty?: Decimal | undefined;
  /** The bankruptcy price for a liquidation, the mark price for an auto-deleveraging, unless given. */
  readonly price?: Decimal | undefined;
}

/** A position that is `Liq` or `Adl` until it is closed. */
export interface Takeover extends TakeoverRequest {
  readonly account: string;
  readonly kind: 'Liq' | 'Adl';
  readonly atMs: number;
}

const CANCEL_TYPES = { Liq: 'CancelAllBeforeLiq', Adl: 'CancelAllBeforeAdl' } as const;

/**
 * Takes a position over: its symbol's orders are cancelled at once, and it is closed now or, under the option
 * `takeoverDelayMs`, later; requests for it are refused meanwhile (110005). Throws a Refusal (110034) when it is flat.
 */
export function takeOver(venue: Venue, account: Account, kind: 'Liq' | 'Adl', request: TakeoverRequest): void {
  const position = positionOf(venue, account, request.symbol, request.positionIdx);
  if (position.size === 0n) throw refusals.noPosition();
  position.status = kind;
  position.updatedAtMs = updateTimeMs(venue);
  touch(venue, position);
  if (kind === 'Liq' && account.marginMode !== 'ISOLATED_MARGIN') freeMargin(venue, account, request.symbol);
  cancelFor(venue, account, position, CANCEL_TYPES[kind]);
  const { takeoverDelayMs } = venue.options;
  const { symbol, positionIdx, qty, price } = request;
  const atMs = venue.nowMs() + takeoverDelayMs;
  const takeover = { symbol, positionIdx, qty, price, kind, account: account.name, atMs };
  if (takeoverDelayMs > 0) venue.takeovers.add(takeover);
  else finishTakeover(venue, takeover);
}

/** Closes a position that was taken over before; nothing when it has gone since. */
export function finishTakeover(venue: Venue, takeover: Takeover): void {
  venue.takeovers.delete(takeover);
  const account = requireAccount(venue, takeover.account);
  const position = positionOf(venue, account, takeover.symbol, takeover.positionIdx);
  if (position.side === '') return;
  const { mark } = requireInstrument(venue, takeover.symbol);
  position.status = 'Normal';
  if (takeover.kind === 'Liq') {
    const price = takeover.price ?? bankruptcyPrice(venue, account, position, position.side);
    closeBySystem(venue, account, position, {
      createType: 'CreateByTakeOver_PassThrough',
      execType: 'BustTrade',
      price,
    });
    return;
  }
  const { qty = position.size, price = mark } = takeover;
  closeBySystem(venue, account, position, { createType: 'CreateByAdl_PassThrough', execType: 'AdlTrade', price, qty });
}

/**
 * Delists a contract: every order on it is cancelled, every position closed at the settlement price (the index price
 * unless given), and nothing trades any more.
 */
export function settleSymbol(venue: Venue, symbol: string, price?: Decimal): void {
  const instrument = requireInstrument(venue, symbol);
  const settlement = price ?? instrument.index;
  for (const order of venue.working.get(symbol) ?? []) {
    if (order.origin !== 'system') cancelBySystem(venue, order, 'CancelBySettle');
  }
  for (const position of venue.openPositions.get(symbol) ?? []) {
    const how = { createType: 'CreateBySettle', execType: 'Delivery', price: settlement } as const;
    closeBySystem(venue, requireAccount(venue, position.account), position, how);
  }
  instrument.status = 'Closed';
}

interface Closing {
  readonly createType: 'CreateByTakeOver_PassThrough' | 'CreateByAdl_PassThrough' | 'CreateBySettle';
  readonly execType: ExecType;
  readonly price: Decimal;
  readonly qty?: Decimal;
}

/** A closing order of the exchange's own, filled whole at a price that no market has to give. */
function closeBySystem(venue: Venue, account: Account, position: Position, closing: Closing): void {
  const { createType, execType } = closing;
  const { tickSize } = requireInstrument(venue, position.symbol);
  const qty = min(closing.qty ?? position.size, position.size);
  const price = max(closing.price - (closing.price % tickSize), tickSize);
  const order = newOrder(venue, {
    account: account.name,
    symbol: position.symbol,
    positionIdx: position.positionIdx,
    side: opposite(position.side === 'Sell' ? 'Sell' : 'Buy'),
    orderType: 'Market',
    timeInForce: 'IOC',
    origin: 'system',
    reduceOnly: true,
    createType,
    qty,
    price,
  });
  register(venue, account, order);
  applyFill(venue, order, { qty, price, isMaker: false, execType });
}

/** Under cross margin the orders on other symbols go first, for the margin that they hold. */
function freeMargin(venue: Venue, account: Account, symbol: string): void {
  for (const order of account.open) {
    if (order.symbol !== symbol && order.origin !== 'system' && !order.reduceOnly)
      cancelBySystem(venue, order, 'CancelByPrepareLiq');
  }
}

/** The position's stops stay until it closes and are deactivated then. */
function cancelFor(venue: Venue, account: Account, position: Position, cancelType: string): void {
  for (const order of account.open) {
    const isOfPosition = order.symbol === position.symbol && order.positionIdx === position.positionIdx;
    if (isOfPosition && order.origin !== 'system') cancelBySystem(venue, order, cancelType);
  }
}

function cancelBySystem(venue: Venue, order: Order, cancelType: string): void {
  if (!isWorking(order)) return;
  const status = order.status === 'Untriggered' ? venue.options.conditionalCancelStatus : 'Cancelled';
  end(venue, order, status, { cancelType });
}
