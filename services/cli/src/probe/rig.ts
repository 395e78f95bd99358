import { decimal, divide, floorTo, format, multiply } from '@backstop/core';
import type { Decimal } from '@backstop/core';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { RunError } from '../up/run-error.ts';
import type { Listener } from './listen.ts';
import { textOf } from './wire.ts';
import type { Reply, Row, Twist, Wire } from './wire.ts';

const HUNDRED = decimal('100');
const POLL_MS = 60;
const SETTLE_MS = 8_000;
const BUDGET_WAIT_MS = 1_100;
/** On the exchange itself: ten writes a second of each kind are its limit (reference B.2). */
const PACE_MS = 110;

/** What the exchange says about the symbol. */
export interface Contract {
  readonly symbol: string;
  readonly url: string;
  readonly positionIdx: number;
  readonly tickSize: Decimal;
  readonly qtyStep: Decimal;
  readonly minOrderQty: Decimal;
  readonly minNotional: Decimal;
  /** The smallest quantity that the exchange takes, with something to spare. */
  readonly qty: Decimal;
}

/** What a probe works with: one symbol that nobody else uses, in the smallest sizes, long only. */
export interface Rig extends Contract {
  get: (endpoint: string, query?: Readonly<Record<string, string>>, twist?: Twist) => Promise<Reply>;
  /** Asks once more when the answer is 10006. */
  post: (endpoint: string, body: Row) => Promise<Reply>;
  prices: () => Promise<{ last: Decimal; mark: Decimal }>;
  /** The last price moved by some percent, on its tick. */
  near: (percent: number) => Promise<string>;
  /** A create on the symbol: a limit buy of the smallest size unless `fields` say otherwise. */
  place: (fields: Row) => Promise<Reply & { readonly orderId: string }>;
  /** Buys `times` the smallest size at market and waits for the fill; the order's row. */
  open: (times: number, fields?: Row) => Promise<Row>;
  cancel: (orderId: string) => Promise<Reply>;
  /** The order in any status. Throws a RunError when it does not come, or not as `isReady` wants it, within 8 s. */
  order: (orderId: string, isReady?: (row: Row) => boolean) => Promise<Row>;
  /** Open orders on the symbol, stops included. */
  orders: () => Promise<readonly Row[]>;
  position: () => Promise<Row>;
  tradingStop: (fields: Row) => Promise<Reply>;
  /** A private socket that is not authenticated yet; whoever opens it closes it. */
  listen: () => Promise<Listener>;
}

/** A rig over a connection. The link id of each order goes into `own` before the order is sent. */
export function rigOn(wire: Wire, contract: Contract, own: Set<string>, openListener: Rig['listen']): Rig {
  const { symbol, positionIdx, tickSize, url } = contract;
  const on = { category: 'linear', symbol };
  const isLocal = new URL(url).hostname === '127.0.0.1';
  const rig: Rig = {
    ...contract,
    get: (endpoint, query = {}, twist = {}) => wire.get(endpoint, { category: 'linear', ...query }, twist),
    post: async (endpoint, body) => {
      if (!isLocal) await pause(PACE_MS);
      const reply = await wire.post(endpoint, { ...on, ...body });
      if (reply.retCode !== 10_006) return reply;
      await pause(BUDGET_WAIT_MS);
      return wire.post(endpoint, { ...on, ...body });
    },
    prices: () => readPrices(wire, symbol),
    near: async (percent) => {
      const { last } = await rig.prices();
      return format(floorTo(last + divide(multiply(last, decimal(String(percent))), HUNDRED), tickSize));
    },
    place: (fields) => place(rig, own, fields),
    open: async (times, fields = {}) => {
      const qty = format(contract.qty * BigInt(times));
      const { orderId, retCode, retMsg } = await rig.place({ orderType: 'Market', qty, ...fields });
      if (retCode !== 0) throw new RunError(`no position: ${retCode} ${retMsg}`);
      return rig.order(orderId, ({ orderStatus }) => orderStatus === 'Filled');
    },
    cancel: (orderId) => rig.post('order/cancel', { orderId }),
    order: (orderId, isReady = () => true) => settled(() => findOrder(wire, { ...on, orderId }), isReady),
    orders: async () => (await wire.get('order/realtime', { ...on, limit: '50' })).list,
    position: async () => {
      const { list } = await wire.get('position/list', on);
      return list.find((row) => Number(row['positionIdx']) === positionIdx) ?? {};
    },
    listen: openListener,
    tradingStop: (fields) => rig.post('position/trading-stop', { tpslMode: 'Full', positionIdx, ...fields }),
  };
  return rig;
}

export async function readPrices(wire: Wire, symbol: string): Promise<{ last: Decimal; mark: Decimal }> {
  const [ticker] = (await wire.get('market/tickers', { category: 'linear', symbol })).list;
  if (ticker === undefined) throw new RunError(`${symbol} has no prices`);
  return { last: decimal(textOf(ticker, 'lastPrice')), mark: decimal(textOf(ticker, 'markPrice')) };
}

/** Where an order may be: among the open and latest ones, else in the history (reference C.20). */
export async function findOrder(wire: Wire, query: Readonly<Record<string, string>>): Promise<Row | undefined> {
  const [known] = (await wire.get('order/realtime', query)).list;
  return known ?? (await wire.get('order/history', query)).list[0];
}

async function place(rig: Rig, own: Set<string>, fields: Row): Promise<Reply & { readonly orderId: string }> {
  const orderLinkId = textOf(fields, 'orderLinkId') || `probe-${randomBytes(8).toString('hex')}`;
  const standard = { side: 'Buy', orderType: 'Limit', qty: format(rig.qty), positionIdx: rig.positionIdx };
  const isKnown = own.has(orderLinkId);
  own.add(orderLinkId);
  const reply = await rig.post('order/create', { ...standard, ...fields, orderLinkId });
  if (reply.retCode > 0 && !isKnown) own.delete(orderLinkId);
  return { ...reply, orderId: textOf(reply.result, 'orderId') };
}

/** Acknowledgements are asynchronous: reads again until the row is there and ready. */
async function settled(read: () => Promise<Row | undefined>, isReady: (row: Row) => boolean): Promise<Row> {
  const untilMs = Date.now() + SETTLE_MS;
  for (;;) {
    const row = await read();
    if (row !== undefined && isReady(row)) return row;
    if (Date.now() > untilMs) throw new RunError(`the order stayed ${textOf(row ?? {}, 'orderStatus') || 'unknown'}`);
    await pause(POLL_MS);
  }
}
