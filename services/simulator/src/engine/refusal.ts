/** A request that the exchange refuses: its retCode and text, as reference A.5 and A.6 list them. */
export class Refusal extends Error {
  readonly retCode: number;

  constructor(retCode: number, retMsg: string) {
    super(retMsg);
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
  unchangedOrder: () =>
    new Refusal(10001, 'The order remains unchanged as the parameters entered match the existing ones.'),
  notModified: () => new Refusal(34040, 'not modified'),
  noOrderToCancel: () => new Refusal(110001, 'order not exists or too late to cancel'),
  noOrderToReplace: () => new Refusal(110001, 'order not exists or too late to replace'),
  balance: () => new Refusal(110007, 'ab not enough for new order'),
  tooManyConditionals: (limit: number) => new Refusal(110009, `already had ${limit} working normal stop orders`),
  reduceOnly: () => new Refusal(110017, 'orderQty will be truncated to zero'),
  tooManyOrders: () => new Refusal(110020, 'Not allowed to have more than 500 active orders'),
  positionExists: () => new Refusal(110024, 'You have an existing position, so the position mode cannot be switched'),
  modeNotModified: () => new Refusal(110025, 'Position mode is not modified'),
  ordersExist: () => new Refusal(110028, 'You have existing open orders, so the position mode cannot be switched'),
  leverageNotModified: () => new Refusal(110043, 'leverage not modified'),
  reduceOnlyWithTpSl: () => new Refusal(110057, 'Conditional or reduce-only orders may not carry TP/SL'),
  partlyFilledTpSl: () => new Refusal(110059, 'cannot modify TP/SL of a partially filled open order'),
  fullModeOrder: () => new Refusal(110060, 'under full TP/SL mode, unable to modify TP/SL'),
  tooManyTpSl: () => new Refusal(110061, 'under partial mode, TP/SL allows only 20 orders'),
  qtyBelowFilled: () => new Refusal(110064, 'The order will be filled or amended qty is not above the filled qty'),
  duplicateLinkId: () => new Refusal(110072, 'OrderLinkedID is duplicate'),
  notTrading: () => new Refusal(110074, 'This contract is not live'),
  expectRising: (trigger: string, current: string, source: string) =>
    new Refusal(110092, `expect Rising, but trigger_price[${trigger}] <= current[${current}]??${source}`),
  expectFalling: (trigger: string, current: string, source: string) =>
    new Refusal(110093, `expect Falling, but trigger_price[${trigger}] >= current[${current}]??${source}`),
  belowMinNotional: (least: string) => new Refusal(110094, `Order does not meet minimum order value ${least}USDT`),
} as const;
