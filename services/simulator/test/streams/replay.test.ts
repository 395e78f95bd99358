import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exchange, order, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';
import { privateSocket, rowsOf } from './socket.ts';
import type { Frame, Socket } from './socket.ts';

type Row = Readonly<Record<string, unknown>>;

const RUNS = { numRuns: 30, seed: 20_260_801, endOnFailure: true };
const PAGE = { category: 'linear', symbol: SYMBOL };

const text = (least: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((tenths) => String(tenths / 10));
const price = text(960, 1_040);
const side = fc.constantFrom('Buy', 'Sell');

const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ side, qty: text(1, 50) }).map((fields) => create('Market', fields)) },
  {
    weight: 5,
    arbitrary: fc
      .record({
        side,
        qty: text(1, 50),
        price,
        reduceOnly: fc.boolean(),
        timeInForce: fc.constantFrom('GTC', 'PostOnly'),
      })
      .map((fields) => create('Limit', fields)),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ side, reduceOnly: fc.constant(true) })
      .map((fields) => create('Market', { ...fields, qty: '99' })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ side, qty: text(1, 50), price, triggerPrice: price, triggerDirection: fc.constantFrom(1, 2) })
      .map((fields) => create('Limit', fields)),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ stopLoss: price, takeProfit: price }, { requiredKeys: [] })
      .map((levels) => post('position/trading-stop', { ...PAGE, positionIdx: 0, ...levels })),
  },
  {
    weight: 1,
    arbitrary: text(1, 50).map((trailingStop) =>
      post('position/trading-stop', { ...PAGE, positionIdx: 0, trailingStop }),
    ),
  },
  { weight: 5, arbitrary: price.map((to) => ({ does: 'price', to }) as const) },
  { weight: 2, arbitrary: fc.nat(20).map((pick) => ({ does: 'cancel', pick }) as const) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(20), price).map(([pick, to]) => ({ does: 'amend', pick, to }) as const) },
  { weight: 1, arbitrary: fc.constant(post('order/cancel-all', PAGE)) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

function create(orderType: string, fields: object): { does: 'post'; path: string; body: object } {
  return post('order/create', order({ orderType, ...fields }));
}

function post(path: string, body: object): { does: 'post'; path: string; body: object } {
  return { does: 'post', path, body };
}

async function carryOut(venue: Exchange, given: Command): Promise<void> {
  if (given.does === 'post') await venue.post(given.path, given.body);
  else if (given.does === 'price') await venue.sim('POST', 'price', { symbol: SYMBOL, price: given.to });
  else {
    const open = (await venue.get('order/realtime', PAGE)).body.result.list ?? [];
    const picked = open[given.pick % Math.max(1, open.length)];
    const ref = { ...PAGE, orderId: picked?.['orderId'] ?? 'none' };
    if (given.does === 'cancel') await venue.post('order/cancel', ref);
    else await venue.post('order/amend', { ...ref, price: given.to });
  }
}

/** Lets everything that is on its way arrive. */
async function settle(venue: Exchange, socket: Socket): Promise<void> {
  await venue.sim('POST', 'clock', { advanceMs: 100 });
  await socket.ask({ op: 'ping' });
}

function rowsOfTopic(frames: readonly Frame[], topic: string): readonly Row[] {
  return frames.filter((frame) => frame['topic'] === topic).flatMap(rowsOf);
}

function lastBy(rows: readonly Row[], key: (row: Row) => string): readonly Row[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

async function everything(venue: Exchange, endpoint: string, limit: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = { ...PAGE, limit: String(limit), ...(cursor === undefined ? {} : { cursor }) };
    const { list = [], nextPageCursor } = (await venue.get(endpoint, query)).body.result;
    rows.push(...list);
    if (list.length < limit) return rows;
    cursor = decodeURIComponent(nextPageCursor ?? '');
  }
}

/** "None" of the listings and of the streams in one form. */
function plain(row: Row | undefined, names: readonly string[]): Row {
  const none = new Set<unknown>(['', '0', 'UNKNOWN', undefined]);
  return Object.fromEntries(names.map((name) => [name, none.has(row?.[name]) ? 'none' : row?.[name]]));
}

const ORDER_FIELDS = words(
  'orderId orderStatus side price qty leavesQty cumExecQty cumExecValue cumExecFee avgPrice orderLinkId orderType',
  'triggerPrice triggerDirection triggerBy stopOrderType reduceOnly takeProfit stopLoss cancelType rejectReason',
  'createdTime updatedTime',
);
const EXECUTION_FIELDS = words(
  'execId orderId side execPrice execQty execFee execValue closedSize seq execTime isMaker leavesQty stopOrderType',
  'execType feeRate orderPrice orderQty',
);
const POSITION_FIELDS = words(
  'side size takeProfit stopLoss trailingStop curRealisedPnl cumRealisedPnl seq createdTime updatedTime openTime',
  'breakEvenPrice positionStatus leverage',
);
const COIN_FIELDS = words('walletBalance cumRealisedPnl totalOrderIM');

function words(...lines: readonly string[]): readonly string[] {
  return lines.join(' ').split(' ');
}

/** An account as somebody knows it; rows of orders and executions in the order of their ids. */
interface Known {
  readonly open: readonly Row[];
  readonly ended: readonly Row[];
  readonly executions: readonly Row[];
  readonly position: Row;
  readonly coin: Row;
}

function sorted(rows: readonly Row[], names: readonly string[]): readonly Row[] {
  const [id = ''] = names;
  return rows.map((row) => plain(row, names)).toSorted((a, b) => String(a[id]).localeCompare(String(b[id])));
}

function isOpen({ orderStatus }: Row): boolean {
  return ['New', 'PartiallyFilled', 'Untriggered'].includes(String(orderStatus));
}

function coinOf(wallet: Row | undefined): Row {
  return plain(rowsOf({ data: wallet?.['coin'] })[0], COIN_FIELDS);
}

function replayed(frames: readonly Frame[], before: Known): Known {
  const orders = lastBy(rowsOfTopic(frames, 'order'), ({ orderId }) => String(orderId));
  const position = rowsOfTopic(frames, 'position').at(-1);
  const wallet = rowsOfTopic(frames, 'wallet').at(-1);
  const open = orders.filter(isOpen);
  const ended = orders.filter((row) => !isOpen(row));
  return {
    open: sorted(open, ORDER_FIELDS),
    ended: sorted(ended, ORDER_FIELDS),
    executions: sorted(rowsOfTopic(frames, 'execution'), EXECUTION_FIELDS),
    position: position === undefined ? before.position : positionOf({ ...position, avgPrice: position['entryPrice'] }),
    coin: wallet === undefined ? before.coin : coinOf(wallet),
  };
}

async function listed(venue: Exchange): Promise<Known> {
  const [position] = (await venue.get('position/list', PAGE)).body.result.list ?? [];
  const [wallet] = (await venue.get('account/wallet-balance', { accountType: 'UNIFIED' })).body.result.list ?? [];
  return {
    open: sorted(await everything(venue, 'order/realtime', 50), ORDER_FIELDS),
    ended: sorted(await everything(venue, 'order/history', 50), ORDER_FIELDS),
    executions: sorted(await everything(venue, 'execution/list', 100), EXECUTION_FIELDS),
    position: positionOf(position),
    coin: coinOf(wallet),
  };
}

function positionOf(row: Row | undefined): Row {
  return plain(row, [...POSITION_FIELDS, 'avgPrice']);
}

test('replaying the private frames gives the orders, executions, position and balance of the listings', async () => {
  const history = fc.array(command, { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(history, fc.constantFrom('0', '0', '300'), async (commands, depthNotional) => {
      await using venue = await exchange({ clock: 'virtual' });
      await venue.sim('POST', 'options', { depthNotional });
      using socket = await privateSocket(venue.url, 'order', 'execution', 'execution.fast', 'position', 'wallet');
      const before = await listed(venue);
      for (const given of commands) await carryOut(venue, given);
      await settle(venue, socket);
      expect(replayed(socket.frames, before)).toEqual(await listed(venue));
      const ids = (topic: string): unknown[] => rowsOfTopic(socket.frames, topic).map(({ execId }) => execId);
      expect(ids('execution.fast')).toEqual(ids('execution'));
    }),
    RUNS,
  );
});
