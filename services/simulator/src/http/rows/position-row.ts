import { leverageOf } from '../../engine/money/accounts.ts';
import { cutTo, roundTo, show } from '../../engine/decimal.ts';
import type { Decimal } from '../../engine/decimal.ts';
import { feeRatesOf } from '../../engine/money/fees.ts';
import { bankruptcyPrice, liquidationPrice } from '../../engine/money/liquidation-price.ts';
import { positionBalance, positionMargin } from '../../engine/money/margin.ts';
import type { Account, Order, Position } from '../../engine/model.ts';
import { averagePrice, breakEvenPrice, unrealisedPnl } from '../../engine/money/positions.ts';
import { tierOf } from '../../engine/money/risk-tiers.ts';
import { systemOrders } from '../../engine/stops/stops.ts';
import { requireInstrument } from '../../engine/venue.ts';
import type { Venue } from '../../engine/venue.ts';

const MONEY_PLACES = 8;

/**
 * One row of position/list, with the empty values of a flat position (reference C.5). Names come in the order of the
 * captures, then younger ones.
 */
export function positionRow(venue: Venue, account: Account, position: Position): Record<string, unknown> {
  const money = position.side === '' ? flatMoney(venue, position) : openMoney(venue, account, position);
  return {
    symbol: position.symbol,
    leverage: account.marginMode === 'PORTFOLIO_MARGIN' ? '' : show(leverage(account, position)),
    autoAddMargin: position.autoAddMargin,
    avgPrice: show(averagePrice(position)),
    liqPrice: money.liqPrice,
    riskLimitValue: money.riskLimitValue,
    takeProfit: levelOf(position.takeProfit ?? shownPartial(venue, position, 'PartialTakeProfit')),
    positionValue: money.positionValue,
    isReduceOnly: false,
    tpslMode: 'Full',
    riskId: money.riskId,
    trailingStop: show(position.trailing?.distance ?? 0n),
    unrealisedPnl: money.unrealisedPnl,
    markPrice: show(requireInstrument(venue, position.symbol).mark),
    adlRankIndicator: position.size === 0n ? 0 : 2,
    cumRealisedPnl: realised(position.cumRealisedPnl),
    positionMM: money.positionMM,
    createdTime: String(position.createdAtMs),
    positionIdx: position.positionIdx,
    positionIM: money.positionIM,
    seq: position.seq,
    updatedTime: String(position.updatedAtMs),
    side: position.side,
    bustPrice: money.bustPrice,
    positionBalance: money.positionBalance,
    leverageSysUpdatedTime: '',
    size: show(position.size),
    positionStatus: position.status,
    mmrSysUpdatedTime: '',
    stopLoss: levelOf(position.stopLoss ?? shownPartial(venue, position, 'PartialStopLoss')),
    tradeMode: 0,
    breakEvenPrice: money.breakEvenPrice,
    positionIMByMp: money.positionIMByMp,
    positionMMByMp: money.positionMMByMp,
    curRealisedPnl: realised(position.curRealisedPnl),
    sessionAvgPrice: '',
    openTime: position.openedAtMs,
  };
}

/** A row of position/symbol-info: the leverage of a position that need not exist (reference C.5). */
export function leverageRow(account: Account, position: Position): Record<string, unknown> {
  const { symbol, positionIdx, side } = position;
  return { symbol, leverage: show(leverage(account, position)), side, positionIdx };
}

/** The short index has the short side's leverage, also while it is flat. */
function leverage(account: Account, { symbol, side, positionIdx }: Position): Decimal {
  return leverageOf(account, symbol, side === 'Sell' || positionIdx === 2 ? 'Sell' : 'Buy');
}

type MoneyName =
  | 'positionValue'
  | 'unrealisedPnl'
  | 'breakEvenPrice'
  | 'liqPrice'
  | 'bustPrice'
  | 'positionIM'
  | 'positionMM'
  | 'positionIMByMp'
  | 'positionMMByMp'
  | 'positionBalance'
  | 'riskLimitValue';
type Money = Readonly<Record<MoneyName, string>> & { readonly riskId: number };

function flatMoney(venue: Venue, { symbol }: Position): Money {
  const { id, riskLimitValue } = tierOf(requireInstrument(venue, symbol).riskTiers, 0n);
  return {
    positionValue: '',
    unrealisedPnl: '',
    breakEvenPrice: '',
    liqPrice: '',
    bustPrice: '',
    positionIM: '0',
    positionMM: '0',
    positionIMByMp: '0',
    positionMMByMp: '0',
    positionBalance: '0',
    riskId: id,
    riskLimitValue: show(riskLimitValue),
  };
}

/** A liquidation price comes with a bankruptcy price or not at all (reference G.3). */
function openMoney(venue: Venue, account: Account, position: Position): Money {
  const instrument = requireInstrument(venue, position.symbol);
  const { tier, ...margin } = positionMargin(venue, account, position);
  const liquidation = liquidationPrice(venue, account, position);
  const side = position.side === 'Sell' ? 'Sell' : 'Buy';
  const taker = feeRatesOf(venue, account, position.symbol).taker;
  return {
    positionValue: show(roundTo(position.entryValue, MONEY_PLACES)),
    unrealisedPnl: show(roundTo(unrealisedPnl(position, instrument), MONEY_PLACES)),
    breakEvenPrice: show(breakEvenPrice(position, taker)),
    liqPrice: liquidation === undefined ? '' : show(liquidation),
    bustPrice: liquidation === undefined ? '' : show(bankruptcyPrice(venue, account, position, side)),
    positionIM: show(margin.initial),
    positionMM: show(margin.maintenance),
    positionIMByMp: show(margin.initialByMark),
    positionMMByMp: show(margin.maintenanceByMark),
    positionBalance: show(positionBalance(venue, account, position)),
    riskId: tier.id,
    riskLimitValue: show(tier.riskLimitValue),
  };
}

/** Under the option `partialOnRow` the newest of its kind (reference C.16). */
function shownPartial({ options }: Venue, position: Position, kind: Order['stopOrderType']): Order | undefined {
  if (!options.partialOnRow) return undefined;
  return systemOrders(position).findLast(({ stopOrderType }) => stopOrderType === kind);
}

function levelOf(order: Order | undefined): string {
  return order === undefined ? '' : show(order.triggerPrice);
}

/** Realised amounts are cut, not rounded: -0.030245996 is shown as -0.03024599 (reference E.1). */
function realised(value: Decimal): string {
  return show(cutTo(value, MONEY_PLACES));
}
