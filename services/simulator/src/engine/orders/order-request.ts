import type { Decimal } from '../decimal.ts';
import type { LegType, PositionIdx, PriceSource, Side, Slippage, SmpType, TimeInForce } from '../model.ts';

/** A create as the engine takes it: prices 0n and texts empty where the request says nothing. */
export interface OrderRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: 'Market' | 'Limit';
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly timeInForce: TimeInForce;
  readonly positionIdx: PositionIdx;
  readonly orderLinkId: string;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly triggerPrice: Decimal;
  readonly triggerDirection: 0 | 1 | 2;
  readonly triggerBy: PriceSource | '';
  readonly takeProfit: Decimal;
  readonly stopLoss: Decimal;
  readonly tpTriggerBy: PriceSource | '';
  readonly slTriggerBy: PriceSource | '';
  readonly tpslMode: '' | 'Full' | 'Partial';
  readonly tpOrderType?: LegType | undefined;
  readonly slOrderType?: LegType | undefined;
  readonly tpLimitPrice?: Decimal | undefined;
  readonly slLimitPrice?: Decimal | undefined;
  readonly smpType?: SmpType | undefined;
  readonly slippage?: Slippage | undefined;
}

/** Which order a command means; the orderId wins when both are given and differ (reference C.14). */
export interface OrderRef {
  readonly symbol: string;
  readonly orderId?: string | undefined;
  readonly orderLinkId?: string | undefined;
}

/** What an amend changes; `undefined` = stays, 0n for a stop or take-profit = remove. */
export interface Amendment {
  readonly qty?: Decimal | undefined;
  readonly price?: Decimal | undefined;
  readonly triggerPrice?: Decimal | undefined;
  readonly triggerBy?: PriceSource | undefined;
  readonly takeProfit?: Decimal | undefined;
  readonly stopLoss?: Decimal | undefined;
  readonly tpTriggerBy?: PriceSource | undefined;
  readonly slTriggerBy?: PriceSource | undefined;
  readonly tpslMode?: 'Full' | 'Partial' | undefined;
  readonly tpLimitPrice?: Decimal | undefined;
  readonly slLimitPrice?: Decimal | undefined;
}
