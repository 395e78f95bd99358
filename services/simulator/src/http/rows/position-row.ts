import { leverageOf } from '../../engine/accounts.ts';
import { over, roundTo, show, times } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';
import { showPrice } from '../../engine/instruments.ts';
import type { Account, Instrument, Order, Position } from '../../engine/model.ts';
import { averagePrice, breakEvenPrice, unrealisedPnl } from '../../engine/positions.ts';
import { requireInstrument } from '../../engine/venue.ts';
import type { Venue } from '../../engine/venue.ts';

const MONEY_PLACES = 8;
/** Maintenance margin rate of the one risk tier there is. */
const MAINTENANCE_PERCENT = 1n;

/** One row of position/list, with the empty values of a flat position (reference C.5). */
export function positionRow(venue: Venue, account: Account, position: Position): Record<string, unknown> {
  const instrument = requireInstrument(venue, position.symbol);
  return {
    positionIdx: position.positionIdx,
    symbol: position.symbol,
    side: position.side,
    size: show(position.size),
    avgPrice: show(averagePrice(position)),
    leverage: show(leverageOf(account, position.symbol)),
    markPrice: showPrice(instrument, instrument.mark),
    liqPrice: '',
    bustPrice: '',
    ...moneyOf(venue, account, position, instrument),
    takeProfit: levelOf(position.takeProfit),
    stopLoss: levelOf(position.stopLoss),
    trailingStop: show(position.trailing?.distance ?? 0n),
    sessionAvgPrice: '',
    curRealisedPnl: money(position.curRealisedPnl),
    cumRealisedPnl: money(position.cumRealisedPnl),
    riskId: 1,
    riskLimitValue: '200000',
    positionStatus: 'Normal',
    adlRankIndicator: position.size === 0n ? 0 : 2,
    autoAddMargin: 0,
    isReduceOnly: false,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    createdTime: String(position.createdAtMs),
    updatedTime: String(position.updatedAtMs),
    openTime: position.openedAtMs,
    seq: position.seq,
    tpslMode: 'Full',
    tradeMode: 0,
  };
}

function moneyOf(venue: Venue, account: Account, position: Position, instrument: Instrument): Record<string, string> {
  if (position.size === 0n) {
    const zero = { positionIM: '0', positionMM: '0', positionIMByMp: '0', positionMMByMp: '0', positionBalance: '0' };
    return { positionValue: '', unrealisedPnl: '', breakEvenPrice: '', ...zero };
  }
  const value = times(position.size, instrument.mark);
  const initial = money(over(value, leverageOf(account, position.symbol)));
  const maintenance = money((value * MAINTENANCE_PERCENT) / 100n);
  return {
    positionValue: money(position.entryValue),
    unrealisedPnl: money(unrealisedPnl(position, instrument)),
    breakEvenPrice: show(breakEvenPrice(position, venue.options.takerFeeRate)),
    positionIM: initial,
    positionMM: maintenance,
    positionIMByMp: initial,
    positionMMByMp: maintenance,
    positionBalance: initial,
  };
}

function levelOf(order: Order | undefined): string {
  return order === undefined ? '' : show(order.triggerPrice);
}

function money(value: Decimal): string {
  return show(roundTo(value, MONEY_PLACES));
}
