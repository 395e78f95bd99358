import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import type { Account, Order } from '../../engine/model.ts';
import { refusals } from '../../engine/refusal.ts';
import { parse, requireLinear } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { fields } from '../fields.ts';

/** Items of a batch are the body of a single request without the category. */
const createItem = z.object({
  symbol: z.string(),
  side: z.enum(['Buy', 'Sell']),
  orderType: z.enum(['Market', 'Limit']),
  qty: fields.amount,
  price: fields.amountOrZero,
  timeInForce: z
    .enum(['GTC', 'IOC', 'FOK', 'PostOnly', 'RPI', ''])
    .optional()
    .transform((value) => value || 'GTC'),
  positionIdx: fields.positionIdx,
  orderLinkId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,36}$/, 'is not a link id of up to 36 letters, digits, dashes and underscores')
    .default(''),
  reduceOnly: fields.flag,
  closeOnTrigger: fields.flag,
  triggerPrice: fields.amountOrZero,
  triggerDirection: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  triggerBy: fields.priceSource.transform((source) => source ?? ''),
  takeProfit: fields.amountOrZero,
  stopLoss: fields.amountOrZero,
  tpTriggerBy: fields.priceSource.transform((source) => source ?? ''),
  slTriggerBy: fields.priceSource.transform((source) => source ?? ''),
  tpslMode: z.enum(['Full', 'Partial', '']).default(''),
  tpOrderType: fields.legType,
  slOrderType: fields.legType,
  tpLimitPrice: fields.amountOrZero,
  slLimitPrice: fields.amountOrZero,
  smpType: z.enum(['None', 'CancelMaker', 'CancelTaker', 'CancelBoth']).optional(),
  slippageToleranceType: z.enum(['TickSize', 'Percent', 'UNKNOWN', '']).default(''),
  slippageTolerance: fields.amountOrZero,
});

const refItem = z.object({ symbol: z.string(), orderId: fields.text, orderLinkId: fields.text });

const amendItem = refItem.extend({
  qty: fields.change,
  price: fields.change,
  triggerPrice: fields.change,
  triggerBy: fields.priceSource,
  takeProfit: fields.change,
  stopLoss: fields.change,
  tpTriggerBy: fields.priceSource,
  slTriggerBy: fields.priceSource,
  tpslMode: z
    .enum(['Full', 'Partial', ''])
    .optional()
    .transform((mode) => mode || undefined),
  tpLimitPrice: fields.change,
  slLimitPrice: fields.change,
});

const category = z.object({ category: z.string() });

/** What create, amend and cancel do with one order; single and batch requests share it. */
export type OrderCommand = (engine: Engine, account: Account, item: unknown) => Order;

export const createOne: OrderCommand = (engine, account, item) => {
  const {
    slippageToleranceType: type,
    slippageTolerance: tolerance,
    timeInForce,
    ...request
  } = parse(createItem, item);
  if (timeInForce === 'RPI') throw refusals.marketMakersOnly();
  const slippage = type === 'TickSize' || type === 'Percent' ? { type, tolerance } : undefined;
  return engine.placeOrder(account, { ...request, timeInForce, slippage });
};

export const amendOne: OrderCommand = (engine, account, item) => {
  const { symbol, orderId, orderLinkId, ...change } = parse(amendItem, item);
  requireRef(orderId, orderLinkId);
  return engine.amendOrder(account, { symbol, orderId, orderLinkId }, change);
};

export const cancelOne: OrderCommand = (engine, account, item) => {
  const ref = parse(refItem, item);
  requireRef(ref.orderId, ref.orderLinkId);
  return engine.cancelOrder(account, ref);
};

/** POST /v5/order/create, amend and cancel (reference C.12 to C.14): the reply is the order's two ids. */
export function single(command: OrderCommand): (call: Call) => Answer {
  return ({ engine, account, input }) => {
    requireLinear(parse(category, input));
    const { orderId, orderLinkId } = command(engine, account, input);
    return { result: { orderId, orderLinkId } };
  };
}

const cancelAllBody = z.object({
  category: z.string(),
  symbol: fields.text,
  baseCoin: fields.text,
  settleCoin: fields.text,
  orderFilter: z.enum(['Order', 'StopOrder', 'OpenOrder', '']).default(''),
  stopOrderType: z.enum(['Stop', '']).optional(),
});

/** POST /v5/order/cancel-all (reference C.14). */
export function cancelAll({ engine, account, input }: Call): Answer {
  const body = parse(cancelAllBody, input);
  requireLinear(body);
  const symbol = body.symbol ?? (body.baseCoin === undefined ? undefined : `${body.baseCoin}USDT`);
  if (symbol === undefined && body.settleCoin === undefined) {
    throw refusals.parameter('Missing some parameters that must be filled in, symbol or settleCoin or baseCoin');
  }
  if (symbol !== undefined && !engine.venue.instruments.has(symbol)) throw refusals.unknownSymbol();
  const scope = { symbol, orderFilter: body.orderFilter, onlyConditional: body.stopOrderType === 'Stop' };
  const orders = symbol === undefined && body.settleCoin !== 'USDT' ? [] : engine.cancelAllOrders(account, scope);
  const list = orders.map(({ orderId, orderLinkId }) => ({ orderId, orderLinkId }));
  return { result: { list, success: '1' } };
}

function requireRef(orderId: string | undefined, orderLinkId: string | undefined): void {
  if (orderId === undefined && orderLinkId === undefined)
    throw refusals.parameter('params error: orderId or orderLinkId');
}
