import type { Decimal, Exchange, Execution, OrderRow, PositionRow, ReadOptions } from '@backstop/core';
import { executionRow } from './execution-row.ts';
import { allPages, type Page, pageParser } from './listing.ts';
import { orderRow } from './order-row.ts';
import { positionRow } from './position-row.ts';
import { send } from './send.ts';
import { equityOf } from './wallet-row.ts';
import type { Request, Wire } from './wire.ts';

type AccountReads = Pick<Exchange, 'positions' | 'openOrders' | 'findOrder' | 'executions' | 'equity'>;

const POSITIONS_PER_PAGE = 200;
const ORDERS_PER_PAGE = 50;
const EXECUTIONS_PER_PAGE = 100;

/** execution/list answers for 7 days at most, and knows two years (reference C.8, C.7). */
const WINDOW_MS = 7 * 24 * 3_600_000;
const RETENTION_MS = 730 * 24 * 3_600_000;

const positionPage = pageParser('position/list', positionRow);
const orderPage = pageParser('an order list', orderRow);
const executionPage = pageParser('execution/list', executionRow);

/** The private listings of one account. Each rejects with ExchangeError when a page fails or a row cannot be read. */
export function accountReads(wire: Wire): AccountReads {
  return {
    positions: async ({ symbol }, options) => positions(wire, symbol, options),
    openOrders: async (query, options) => openOrders(wire, query, options),
    findOrder: async (query, options) => findOrder(wire, query, options),
    executions: async ({ sinceMs }, options) => executions(wire, sinceMs, options),
    equity: async (options) => equity(wire, options),
  };
}

function positions(wire: Wire, symbol: string | undefined, { signal }: ReadOptions): Promise<readonly PositionRow[]> {
  const scope = scopeOf(symbol);
  return allPages({
    limit: POSITIONS_PER_PAGE,
    idOf: (row) => `${row.symbol} ${row.positionIdx}`,
    page: async (at) =>
      positionPage(
        await read(wire, 'position-list', signal, (sdk) =>
          sdk.getPositionInfo({ category: 'linear', ...scope, limit: POSITIONS_PER_PAGE, ...at }),
        ),
      ),
  });
}

function openOrders(
  wire: Wire,
  { symbol, filter }: Parameters<Exchange['openOrders']>[0],
  { signal }: ReadOptions,
): Promise<readonly OrderRow[]> {
  const scope = { ...scopeOf(symbol), ...(filter !== undefined && { orderFilter: filter }) };
  return allPages({
    limit: ORDERS_PER_PAGE,
    idOf: (row) => row.orderId,
    page: async (at) =>
      orderPage(
        await read(wire, 'order-realtime', signal, (sdk) =>
          sdk.getActiveOrders({ category: 'linear', ...scope, limit: ORDERS_PER_PAGE, ...at }),
        ),
      ),
  });
}

/** The history comes second: the recent list forgets closed orders when the exchange restarts (reference C.20). */
async function findOrder(
  wire: Wire,
  { symbol, orderLinkId }: Parameters<Exchange['findOrder']>[0],
  { signal }: ReadOptions,
): Promise<OrderRow | undefined> {
  const query = { category: 'linear', symbol, orderLinkId } as const;
  const named = ({ rows }: Page<OrderRow>): OrderRow | undefined => rows.find((row) => row.orderLinkId === orderLinkId);

  const recent = orderPage(await read(wire, 'order-realtime', signal, (sdk) => sdk.getActiveOrders({ ...query })));
  return (
    named(recent) ??
    named(orderPage(await read(wire, 'order-history', signal, (sdk) => sdk.getHistoricOrders({ ...query }))))
  );
}

/** `sinceMs` comes from another clock: at least this much of the past is read. */
const LEAST_MS = 60_000;

async function executions(wire: Wire, sinceMs: number, { signal }: ReadOptions): Promise<readonly Execution[]> {
  const nowMs = wire.nowMs();
  const found = new Map<string, Execution>();
  const fromMs = Math.max(Math.min(sinceMs, nowMs - LEAST_MS), nowMs - RETENTION_MS);
  for (let startTime = fromMs; startTime <= nowMs; startTime += WINDOW_MS) {
    const window = { startTime, endTime: startTime + WINDOW_MS };
    const rows = await allPages({
      limit: EXECUTIONS_PER_PAGE,
      idOf: (row: Execution) => row.execId,
      page: async (at) =>
        executionPage(
          await read(wire, 'execution-list', signal, (sdk) =>
            sdk.getExecutionList({ category: 'linear', ...window, limit: EXECUTIONS_PER_PAGE, ...at }),
          ),
        ),
    });
    for (const row of rows) found.set(row.execId, row);
  }
  return [...found.values()].toSorted((a, b) => a.timeMs - b.timeMs || a.seq - b.seq);
}

async function equity(wire: Wire, { signal }: ReadOptions): Promise<Decimal> {
  const query = { accountType: 'UNIFIED', coin: 'USDT' } as const;
  return equityOf(await read(wire, 'wallet-balance', signal, (sdk) => sdk.getWalletBalance({ ...query })));
}

function scopeOf(symbol: string | undefined): { symbol: string } | { settleCoin: string } {
  return symbol === undefined ? { settleCoin: 'USDT' } : { symbol };
}

function read(
  wire: Wire,
  endpoint: Request['endpoint'],
  signal: AbortSignal,
  call: Request['call'],
): ReturnType<typeof send> {
  return send(wire, { endpoint, effect: 'read', cost: 1, signal, call });
}
