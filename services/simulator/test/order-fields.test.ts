import { expect, test } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Received } from './exchange-client.ts';

const LINEAR = { category: 'linear', symbol: SYMBOL };
const BRACKET = {
  tpslMode: 'Partial',
  takeProfit: '110',
  tpOrderType: 'Limit',
  tpLimitPrice: '109.5',
  stopLoss: '90',
  slOrderType: 'Market',
};

const rowsOf = ({ body }: Received): readonly Record<string, unknown>[] => body.result.list ?? [];
const codeOf = ({ body }: Received): number => body.retCode;

test('an entry shows the levels that it will bring, and its children the terms that they got', async () => {
  await using venue = await exchange();
  await venue.post(
    'order/create',
    order({ ...BRACKET, orderType: 'Limit', price: '95', orderLinkId: 'e1', smpType: 'CancelMaker' }),
  );
  expect(rowsOf(await venue.get('order/realtime', LINEAR))).toMatchObject([
    {
      orderStatus: 'New',
      tpslMode: 'Partial',
      takeProfit: '110',
      stopLoss: '90',
      tpLimitPrice: '109.5',
      slLimitPrice: '0',
      tpTriggerBy: 'LastPrice',
      smpType: 'CancelMaker',
      slippageTolerance: '0',
      slippageToleranceType: 'UNKNOWN',
    },
  ]);
  await venue.sim('POST', 'price', { symbol: SYMBOL, price: '95' });
  const children = rowsOf(await venue.get('order/realtime', { ...LINEAR, orderFilter: 'StopOrder' }));
  expect(children).toMatchObject([
    {
      stopOrderType: 'PartialTakeProfit',
      createType: 'CreateByPartialTakeProfit',
      orderType: 'Limit',
      price: '109.5',
      triggerPrice: '110',
      triggerDirection: 1,
      orderLinkId: '',
      parentOrderLinkId: 'e1',
      leavesQty: '1',
    },
    { stopOrderType: 'PartialStopLoss', orderType: 'Market', price: '0', triggerPrice: '90', triggerDirection: 2 },
  ]);
  const [profit] = children;
  const moved = { ...LINEAR, orderId: profit?.['orderId'], triggerPrice: '111', price: '110.5' };
  expect(codeOf(await venue.post('order/amend', moved))).toBe(0);
  expect(rowsOf(await venue.get('order/realtime', { ...LINEAR, orderId: String(profit?.['orderId']) }))).toMatchObject([
    { orderId: profit?.['orderId'], triggerPrice: '111', price: '110.5', parentOrderLinkId: 'e1' },
  ]);
});

test('a tolerance of a market order is shown, and its bounds are those of its kind', async () => {
  await using venue = await exchange();
  const slippage = { slippageToleranceType: 'Percent', slippageTolerance: '0.5' };
  const reply = await venue.post('order/create', order(slippage));
  const { orderId } = reply.body.result;
  expect(rowsOf(await venue.get('order/realtime', { ...LINEAR, orderId: String(orderId) }))).toMatchObject([
    { price: '100.5', slippageToleranceType: 'Percent', slippageTolerance: '0.5' },
  ]);
  const refused = async (fields: object): Promise<number> => codeOf(await venue.post('order/create', order(fields)));
  expect(await refused({ ...slippage, slippageTolerance: '11' })).toBe(110109);
  expect(await refused({ slippageToleranceType: 'TickSize', slippageTolerance: '10001' })).toBe(110108);
  expect(await refused({ ...slippage, orderType: 'Limit', price: '100' })).toBe(10001);
});

test.each([
  [{ slOrderType: 'Market' }, 'slOrderType can not have a value when tpSlMode is empty'],
  [
    { tpslMode: 'Full', slOrderType: 'Limit', slLimitPrice: '89' },
    'slOrderType can only be Market when tpSlMode is Full',
  ],
  [{ orderLinkId: 'x'.repeat(37) }, expect.stringContaining('orderLinkId')],
  [{ orderLinkId: 'a b' }, expect.stringContaining('orderLinkId')],
  [
    { side: 'Sell', stopLoss: '99' },
    'StopLoss:990000 set for Sell position should greater base_price:1000000??LastPrice',
  ],
  [
    { takeProfit: '99', tpTriggerBy: 'MarkPrice' },
    'TakeProfit:990000 set for Buy position should be higher than base_price:1000000??MarkPrice',
  ],
])('10001: %j', async (fields, retMsg) => {
  await using venue = await exchange();
  expect((await venue.post('order/create', order({ stopLoss: '90', ...fields }))).body).toMatchObject({
    retCode: 10001,
    retMsg,
  });
});

test('trading-stop takes Limit legs and answers 10001 when a size is missing', async () => {
  await using venue = await exchange();
  await venue.post('order/create', order({ qty: '5' }));
  const legs = { ...LINEAR, tpslMode: 'Partial', positionIdx: 0, takeProfit: '110', stopLoss: '90' };
  const limit = { tpOrderType: 'Limit', tpLimitPrice: '110.5', tpSize: '2', slSize: '2' };
  expect(codeOf(await venue.post('position/trading-stop', { ...legs, tpSize: '2' }))).toBe(10001);
  expect(codeOf(await venue.post('position/trading-stop', { ...legs, ...limit }))).toBe(0);
  const [stop] = rowsOf(await venue.get('order/realtime', { ...LINEAR, orderFilter: 'StopOrder' }));
  expect(codeOf(await venue.post('order/cancel', { ...LINEAR, orderId: stop?.['orderId'] }))).toBe(0);
  expect(rowsOf(await venue.get('order/realtime', { ...LINEAR, orderFilter: 'StopOrder' }))).toEqual([]);
  expect(rowsOf(await venue.get('position/list', LINEAR))).toMatchObject([{ takeProfit: '', stopLoss: '' }]);
});

test('every engine option can be set under /sim/options', async () => {
  await using venue = await exchange();
  const options = {
    protectionBase: 'last',
    limitBeyondBand: 'refuse',
    endedOrderCode: 'by-status',
    reduceOnlyAmendBeyond: 'refuse',
    unchangedAmend: 'accept',
    trailingResend: 'restart',
    pairCancelType: 'clear',
    marginMissingStatus: 'Rejected',
    showsTriggered: false,
  };
  expect((await venue.sim('POST', 'options', options)).status).toBe(200);
  expect(codeOf(await venue.post('order/create', order({ orderType: 'Limit', price: '150' })))).toBe(110121);
  const entry = { ...LINEAR, orderLinkId: 'e1' };
  await venue.post('order/create', order({ orderType: 'Limit', price: '95', orderLinkId: 'e1' }));
  expect(codeOf(await venue.post('order/amend', { ...entry, price: '95' }))).toBe(0);
  await venue.post('order/create', order({ qty: '2' }));
  await venue.post(
    'order/create',
    order({ side: 'Sell', orderType: 'Limit', price: '105', reduceOnly: true, orderLinkId: 'tp' }),
  );
  expect(codeOf(await venue.post('order/amend', { ...LINEAR, orderLinkId: 'tp', qty: '3' }))).toBe(110022);
  await venue.post('order/cancel', entry);
  expect(codeOf(await venue.post('order/cancel', entry))).toBe(110010);
});

test('orders that only market makers may place are refused with 110119', async () => {
  await using venue = await exchange();
  const fields = { orderType: 'Limit', price: '99', timeInForce: 'RPI' };
  expect(codeOf(await venue.post('order/create', order(fields)))).toBe(110119);
});
