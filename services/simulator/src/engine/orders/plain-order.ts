import type { OrderRequest } from './order-request.ts';

type Spoken = 'symbol' | 'side' | 'qty' | 'orderType' | 'positionIdx';

/** What an order asks for when nothing else is said: no price, no trigger, no attached levels. */
export const plainOrder: Omit<OrderRequest, Spoken> = {
  price: 0n,
  timeInForce: 'GTC',
  orderLinkId: '',
  reduceOnly: false,
  closeOnTrigger: false,
  triggerPrice: 0n,
  triggerDirection: 0,
  triggerBy: '',
  takeProfit: 0n,
  stopLoss: 0n,
  tpTriggerBy: '',
  slTriggerBy: '',
  tpslMode: '',
};
