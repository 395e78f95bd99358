import { decimal, type OrderSpec } from '@backstop/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bybit, type BybitAccount, type Carrier, type Courier } from '../src/index.ts';
import { free, watched } from './connect.ts';
import { CREDENTIALS } from './wire-server.ts';

/** One request, however it was carried. */
type Seen = Parameters<Courier>[0];
type Reply = Awaited<ReturnType<Courier>> | undefined;

const ORDER: OrderSpec = {
  symbol: 'BTCUSDT',
  positionIdx: 0,
  orderLinkId: 'bs-day-ä&=? 1',
  side: 'Buy',
  orderType: 'Limit',
  qty: decimal('0.5'),
  price: decimal('90'),
  timeInForce: 'GTC',
  reduceOnly: false,
  closeOnTrigger: false,
  stopLoss: decimal('80'),
};
const AMEND = { symbol: 'BTCUSDT', orderId: 'o 1', qty: decimal('2') };
const CANCEL = { symbol: 'BTCUSDT', orderId: 'o/1' };
const STOP = { symbol: 'BTCUSDT', positionIdx: 0, triggerPrice: decimal('81'), triggerBy: 'LastPrice' } as const;

/** Everything that the port can ask for. */
const CALLS: readonly (readonly [name: string, call: (account: BybitAccount) => Promise<unknown>])[] = [
  ['instruments', (account) => account.instruments(free())],
  ['tickers', (account) => account.tickers(free())],
  ['positions of all', (account) => account.positions({}, free())],
  ['positions of a symbol', (account) => account.positions({ symbol: 'BTCUSDT' }, free())],
  ['orders of all', (account) => account.openOrders({ filter: 'StopOrder' }, free())],
  ['orders of a symbol', (account) => account.openOrders({ symbol: 'BTCUSDT' }, free())],
  ['an order', (account) => account.findOrder({ symbol: 'BTCUSDT', orderLinkId: ORDER.orderLinkId }, free())],
  ['executions', (account) => account.executions({ sinceMs: Date.now() - 90_000 }, free())],
  ['equity', (account) => account.equity(free())],
  ['fee rate', (account) => account.takerFeeRate({ symbol: 'BTCUSDT' }, free())],
  ['a create', (account) => account.createOrders([ORDER], free())],
  ['creates', (account) => account.createOrders([ORDER, { ...ORDER, orderLinkId: 'b' }], free())],
  ['an amend', (account) => account.amendOrders([AMEND], free())],
  ['amends', (account) => account.amendOrders([AMEND, AMEND], free())],
  ['a cancel', (account) => account.cancelOrders([CANCEL], free())],
  ['cancels', (account) => account.cancelOrders([CANCEL, CANCEL], free())],
  ['a stop', (account) => account.setStop(STOP, free())],
];

const LIMITS = { 'x-bapi-limit': '10', 'x-bapi-limit-status': '9', 'x-bapi-limit-reset-timestamp': '1700000000500' };

/** What may come back. */
const REPLIES: readonly (readonly [name: string, reply: Reply])[] = [
  ['an empty list', json({ retCode: 0, retMsg: 'OK', result: { list: [] }, retExtInfo: { list: [] }, time: 1 })],
  ['a refusal', json({ retCode: 10006, retMsg: 'Too many visits', result: {}, time: 1_700_000_000_100 })],
  ['a bad gateway', { status: 502, headers: {}, body: 'Bad Gateway' }],
  ['what is no JSON', { status: 200, headers: {}, body: '<html>' }],
  ['what is no object', { status: 200, headers: {}, body: '3' }],
  ['a cut', undefined],
];

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

test.each(CALLS)('a courier carries %s as the SDK sends it, byte by byte, signature and all', async (_name, call) => {
  const [, reply] = REPLIES[0] ?? [];
  const [bySdk, byCourier] = [await sent(call, throughSdk, reply), await sent(call, throughCourier, reply)];

  expect(bySdk.requests.length).toBeGreaterThan(0);
  expect(byCourier.requests).toEqual(bySdk.requests);
});

test.each(REPLIES)(
  '%s means the same from a courier as from the SDK, to callers and in reports',
  async (_name, reply) => {
    for (const [, call] of CALLS) {
      const [bySdk, byCourier] = [await sent(call, throughSdk, reply), await sent(call, throughCourier, reply)];

      expect(byCourier).toEqual(bySdk);
    }
  },
);

type Way = (seen: Seen[], reply: Reply) => { readonly carrier: Carrier } | { readonly courier: Courier };

async function sent(call: (account: BybitAccount) => Promise<unknown>, way: Way, reply: Reply) {
  const requests: Seen[] = [];
  const hooks = watched();
  const baseUrl = 'http://venue';
  const account = bybit({ account: 'main', credentials: CREDENTIALS, baseUrl, hooks, ...way(requests, reply) });
  const outcome = await call(account).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  account.close();
  return { requests, outcome, reports: hooks.reports };
}

const throughCourier: Way = (seen, reply) => ({
  courier: async (request) => {
    seen.push(request);
    if (reply === undefined) throw cut();
    return reply;
  },
});

/** The SDK's HTTP library up to its adapter. */
const throughSdk: Way = (seen, reply) => ({
  carrier: async (config) => {
    const { pathname, search } = new URL(config.url ?? '');
    const open = new URLSearchParams(Object.entries<string>({ ...config.params }));
    seen.push({
      method: config.method === 'post' ? 'POST' : 'GET',
      endpoint: pathname,
      query: search === '' ? open.toString() : search.slice(1),
      body: typeof config.data === 'string' ? config.data : '',
      headers: Object.fromEntries(
        Object.entries(config.headers)
          .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
          .filter(([name]) => name.startsWith('x-bapi-') || (name === 'content-type' && config.method === 'post')),
      ),
    });
    if (reply === undefined) throw cut();
    const { status, headers, body } = reply;
    if (status !== 200) throw Object.assign(new Error('not 200'), { response: { status } });
    return { data: body, status, statusText: 'OK', headers, config };
  },
});

function json(body: object): Reply {
  return { status: 200, headers: LIMITS, body: JSON.stringify(body) };
}

function cut(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
