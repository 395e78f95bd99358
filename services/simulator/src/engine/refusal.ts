import type { Side } from './model.ts';

/** A request that the exchange refuses: its retCode and text, as reference A.5 and A.6 list them. */
export class Refusal extends Error {
  readonly retCode: number;

  constructor(retCode: number, retMsg: string) {
    // It is an answer and no defect: nobody reads its stack, and taking one costs more than the rest of the command.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(retMsg);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Refusal';
    this.retCode = retCode;
  }
}

export const refusals = {
  parameter: (text: string) => new Refusal(10001, text),
  unknownSymbol: () => new Refusal(10001, 'Not supported symbols'),
  positionIdxMismatch: () => new Refusal(10001, 'position idx not match position mode'),
  belowMinQty: () => new Refusal(10001, 'The number of contracts exceeds minimum limit allowed'),
  aboveMaxQty: () => new Refusal(10001, 'The number of contracts exceeds maximum limit allowed: too large'),
  flatPosition: () => new Refusal(10001, 'can not set tp/sl/ts for zero position'),
  incompletePartialStop: () =>
    new Refusal(
      10001,
      '"tpSize" and "takeProfit" or "slSize" and "stopLoss" need to input in pairs and must set at least one pair when tpslMode is Partial.',
    ),
  unchangedOrder: () =>
    new Refusal(10001, 'The order remains unchanged as the parameters entered match the existing ones.'),
  notModified: () => new Refusal(34040, 'not modified'),
  noOrderToCancel: () => new Refusal(110001, 'order not exists or too late to cancel'),
  noOrderToReplace: () => new Refusal(110001, 'order not exists or too late to replace'),
  tooManyVisits: () => new Refusal(10006, 'Too many visits. Exceeded the API Rate Limit.'),
  beyondBand: (side: Side) =>
    side === 'Buy'
      ? new Refusal(110121, 'Order price is above the price limit')
      : new Refusal(110120, 'Order price is below the price limit'),
  endedOrder: () => new Refusal(110008, 'order has been finished or canceled'),
  cancelledOrder: () => new Refusal(110010, 'order has been cancelled'),
  priceOutOfRange: () => new Refusal(110003, 'Order price exceeds the allowable range.'),
  amendUpward: () => new Refusal(110022, 'qty cannot be amended upward'),
  reducingOnly: () => new Refusal(110023, 'The contract is in reduce-only mode, only closing orders are accepted'),
  positionTooSmall: () => new Refusal(110058, 'TP/SL cannot be set as the remaining position size is too small'),
  settling: () => new Refusal(110063, 'Settlement is in progress, please try again later'),
  walletBalance: () => new Refusal(110004, 'wallet balance is insufficient'),
  positionStatus: () => new Refusal(110005, 'position status error'),
  positionMargin: () => new Refusal(110006, 'the assets are estimated to be unable to cover the position margin'),
  balance: () => new Refusal(110007, 'ab not enough for new order'),
  tooManyConditionals: (limit: number) => new Refusal(110009, `already had ${limit} working normal stop orders`),
  wouldLiquidate: () => new Refusal(110011, 'liquidation will be triggered immediately by this adjustment'),
  availableBalance: () => new Refusal(110012, 'insufficient available balance'),
  leverageAboveLimit: (asked: string, most: string) =>
    new Refusal(110013, `cannot set leverage [${asked}] gt maxLeverage [${most}] by risk limit`),
  reduceOnly: () => new Refusal(110017, 'orderQty will be truncated to zero'),
  tooManyOrders: () => new Refusal(110020, 'Not allowed to have more than 500 active orders'),
  positionExists: () => new Refusal(110024, 'You have an existing position, so the position mode cannot be switched'),
  modeNotModified: () => new Refusal(110025, 'Position mode is not modified'),
  marginModeNotModified: () => new Refusal(110026, 'margin mode is not modified'),
  marginNotModified: () => new Refusal(110027, 'margin is not modified'),
  ordersExist: () => new Refusal(110028, 'You have existing open orders, so the position mode cannot be switched'),
  hedgeUnsupported: () => new Refusal(110029, 'the current symbol does not support hedge mode'),
  noPosition: () => new Refusal(110034, 'there is no net position'),
  leverageNotModified: () => new Refusal(110043, 'leverage not modified'),
  availableMargin: () => new Refusal(110044, 'available margin is insufficient'),
  reduceOnlyWithTpSl: () => new Refusal(110057, 'Conditional or reduce-only orders may not carry TP/SL'),
  partlyFilledTpSl: () => new Refusal(110059, 'cannot modify TP/SL of a partially filled open order'),
  fullModeOrder: () => new Refusal(110060, 'under full TP/SL mode, unable to modify TP/SL'),
  tooManyTpSl: () => new Refusal(110061, 'under partial mode, TP/SL allows only 20 orders'),
  qtyBelowFilled: () => new Refusal(110064, 'The order will be filled or amended qty is not above the filled qty'),
  toleranceOutOfRange: (type: 'TickSize' | 'Percent') =>
    type === 'TickSize'
      ? new Refusal(110108, 'Allowable range: 1 to 10000 tick size')
      : new Refusal(110109, 'Allowable range: 0.01% to 10%'),
  marketMakersOnly: () => new Refusal(110119, 'Order failed. RPI orders are restricted to approved market makers only'),
  duplicateLinkId: () => new Refusal(110072, 'OrderLinkedID is duplicate'),
  marginModeFailed: (reason: string) => new Refusal(110073, `set margin mode failed: ${reason}`),
  notTrading: () => new Refusal(110074, 'This contract is not live'),
  leverageAboveTier: (most: string) =>
    new Refusal(110086, `the positions and orders allow a leverage of ${most} at most`),
  positionAboveLimit: (leverage: string) =>
    new Refusal(110090, `the position may exceed the max. Please adjust your leverage to ${leverage} or below`),
  expectRising: (trigger: string, current: string, source: string) =>
    new Refusal(110092, `expect Rising, but trigger_price[${trigger}] <= current[${current}]??${source}`),
  expectFalling: (trigger: string, current: string, source: string) =>
    new Refusal(110093, `expect Falling, but trigger_price[${trigger}] >= current[${current}]??${source}`),
  belowMinNotional: (least: string) => new Refusal(110094, `Order does not meet minimum order value ${least}USDT`),
} as const;
