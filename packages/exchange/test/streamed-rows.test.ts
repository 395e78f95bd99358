import { decimal, type OrderRow, type PositionRow } from '@backstop/core';
import { seedOfTitle } from '@backstop/core/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bybit, type BybitAccount, SocketPool } from '../src/index.ts';
import { free, watched } from './connect.ts';
import { executionsOf, hearStream, type HeardStream, ordersOf, PATIENCE, positionOf } from './heard-stream.ts';
import { type SimulatorProcess, spawnSimulator, SYMBOL } from './simulator.ts';

let simulator: SimulatorProcess;
let pool: SocketPool;
let serial = 0;

beforeAll(async () => {
  simulator = await spawnSimulator();
  pool = new SocketPool({ maxSockets: 4 });
});

afterAll(async () => {
  pool.close();
  await simulator[Symbol.asyncDispose]();
});

/** An account that trades by REST and hears what happens. */
interface Trader extends Disposable {
  readonly rest: BybitAccount;
  readonly stream: HeardStream;
}

async function openTrader(): Promise<Trader> {
  await simulator.control('POST', 'price', { symbol: SYMBOL, price: '100' });
  serial += 1;
  const account = `streamed-${serial}`;
  const credentials = await simulator.addAccount(account);
  const rest = bybit({ account, credentials, baseUrl: simulator.baseUrl, hooks: watched(), pool });
  const stream = hearStream(simulator, { credentials });
  await stream.ready();
  return { rest, stream, [Symbol.dispose]: () => stream[Symbol.dispose]() };
}

/** One thing that happens to an account. What the exchange refuses does not happen. */
type Step = (trader: Trader) => Promise<unknown>;

const price = fc.integer({ min: 80, max: 120 }).map((number) => decimal(String(number)));
const qty = fc.integer({ min: 1, max: 4 }).map((number) => decimal(String(number)));
const side = fc.constantFrom('Buy' as const, 'Sell' as const);

const place = fc
  .record({ side, price: fc.option(price), qty, stopLoss: fc.option(price), reduceOnly: fc.boolean() })
  .map((order): Step => ({ rest }) => {
    serial += 1;
    const spec = { symbol: SYMBOL, positionIdx: 0, orderLinkId: `bs-row-${serial}`, closeOnTrigger: false } as const;
    const { side: buyOrSell, reduceOnly } = order;
    const stop = order.stopLoss === null || reduceOnly ? {} : { stopLoss: order.stopLoss };
    const terms =
      order.price === null
        ? ({ orderType: 'Market', timeInForce: 'IOC' } as const)
        : ({ orderType: 'Limit', timeInForce: 'GTC', price: order.price } as const);
    return rest.createOrders([{ ...spec, ...stop, ...terms, side: buyOrSell, qty: order.qty, reduceOnly }], free());
  });
const amend = fc.record({ at: fc.nat(), price, qty }).map(({ at, ...terms }): Step => async ({ rest }) => {
  const row = await workingOrder(rest, at);
  return row && rest.amendOrders([{ symbol: SYMBOL, orderId: row.orderId, ...terms }], free());
});
const cancel = fc.nat().map((at): Step => async ({ rest }) => {
  const row = await workingOrder(rest, at);
  return row && rest.cancelOrders([{ symbol: SYMBOL, orderId: row.orderId }], free());
});
const setStop = fc
  .record({ triggerPrice: price, distance: fc.option(fc.constant(decimal('5'))) })
  .map(({ triggerPrice, distance }): Step => ({ rest }) => {
    const stop = { symbol: SYMBOL, positionIdx: 0, triggerPrice, triggerBy: 'MarkPrice' } as const;
    return rest.setStop({ ...stop, ...(distance !== null && { trailing: { distance } }) }, free());
  });
const movePrice = fc.integer({ min: 85, max: 115 }).map(
  (to): Step =>
    () =>
      simulator.control('POST', 'price', { symbol: SYMBOL, price: String(to) }),
);

async function workingOrder(rest: BybitAccount, at: number): Promise<OrderRow | undefined> {
  const rows = await rest.openOrders({ symbol: SYMBOL }, free());
  return rows[at % Math.max(1, rows.length)];
}

const step = fc.oneof(
  { arbitrary: place, weight: 4 },
  { arbitrary: setStop, weight: 2 },
  { arbitrary: movePrice, weight: 3 },
  amend,
  cancel,
);

const OPEN: ReadonlySet<string> = new Set(['New', 'PartiallyFilled', 'Untriggered']);

/** What the exchange lists now, and what the frames said about the same orders, fills and position. */
async function bothViews({ rest, stream }: Trader): Promise<readonly [listed: object, streamed: object]> {
  const streamed = ordersOf(stream.frames);
  const working = await rest.openOrders({ symbol: SYMBOL }, free());
  const [position] = await rest.positions({ symbol: SYMBOL }, free());
  const ended = streamed.filter(({ status, orderLinkId }) => !OPEN.has(status) && orderLinkId !== '');
  const found = ended.map(({ orderLinkId }) => rest.findOrder({ symbol: SYMBOL, orderLinkId }, free()));
  const executions = await rest.executions({ sinceMs: 0 }, free());
  const heard = positionOf(stream.frames);
  const listed = { working: byId(working), ended: await Promise.all(found), position: comparable(position) };
  return [
    { ...listed, executions: executions.toSorted((a, b) => a.execId.localeCompare(b.execId)) },
    {
      working: byId(streamed.filter(({ status }) => OPEN.has(status))),
      ended,
      position: heard === undefined ? comparable(position) : comparable(heard), // nothing has happened to it
      executions: executionsOf(stream.frames).toSorted((a, b) => a.execId.localeCompare(b.execId)),
    },
  ];
}

function byId(rows: readonly OrderRow[]): readonly OrderRow[] {
  return rows.toSorted((a, b) => a.orderId.localeCompare(b.orderId));
}

/** The price of liquidation is an estimate that goes on changing between two frames. */
function comparable(row: PositionRow | undefined): object {
  return { ...row, liqPrice: undefined };
}

test('whatever happens to an account, its frames say row for row what is listed afterwards', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      using trader = await openTrader();
      for (const take of steps) await take(trader);
      await vi.waitFor(async () => {
        const [listed, streamed] = await bothViews(trader);
        expect(streamed).toEqual(listed);
      }, PATIENCE);
      for (const { status, stopOrderType } of ordersOf(trader.stream.frames)) seen.add(`${status} ${stopOrderType}`);
      for (const { unreadable } of trader.stream.frames) expect(unreadable).toEqual([]);
    }),
    { seed: seedOfTitle(), numRuns: 25, endOnFailure: true },
  );
  const shown = [
    'New ',
    'Filled ',
    'Cancelled ',
    'Untriggered StopLoss',
    'Filled StopLoss',
    'Untriggered TrailingStop',
  ];
  expect([...seen]).toEqual(expect.arrayContaining(shown));
});

test('a stop that is set, moved and hit is told by its order row and by the position', async () => {
  using trader = await openTrader();
  const { rest, stream } = trader;
  const entry = { symbol: SYMBOL, positionIdx: 0, orderLinkId: 'bs-entry', side: 'Buy', orderType: 'Market' } as const;
  const terms = { qty: decimal('2'), timeInForce: 'IOC', reduceOnly: false, closeOnTrigger: false } as const;
  await rest.createOrders([{ ...entry, ...terms }], free());
  for (const triggerPrice of ['95', '96'].map(decimal)) {
    const stop = { symbol: SYMBOL, positionIdx: 0, triggerPrice, triggerBy: 'MarkPrice' } as const;
    await rest.setStop(stop, free());
    await vi.waitFor(() => {
      const row = { stopOrderType: 'StopLoss', status: 'Untriggered', triggerPrice, orderLinkId: '' };
      expect(ordersOf(stream.frames)).toContainEqual(expect.objectContaining(row));
      expect(positionOf(stream.frames)).toMatchObject({ side: 'Buy', stopLoss: triggerPrice });
    }, PATIENCE);
  }
  await simulator.control('POST', 'price', { symbol: SYMBOL, price: '94' });
  await vi.waitFor(() => {
    const hit = { stopOrderType: 'StopLoss', status: 'Filled', cumExecQty: decimal('2') };
    expect(ordersOf(stream.frames)).toContainEqual(expect.objectContaining(hit));
    expect(positionOf(stream.frames)).toMatchObject({ side: undefined, size: 0n, stopLoss: undefined });
    const closing = { stopOrderType: 'StopLoss', closedSize: decimal('2'), side: 'Sell' };
    expect(executionsOf(stream.frames).at(-1)).toMatchObject(closing);
  }, PATIENCE);
});
