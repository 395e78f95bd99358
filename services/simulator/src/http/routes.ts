import type { Answer, Call, PublicCall } from './call.ts';
import { accountInfo, feeRate, queryApi, walletBalance } from './handlers/account.ts';
import { batch } from './handlers/batch.ts';
import { executionList } from './handlers/executions.ts';
import { instrumentsInfo, serverTime, tickers } from './handlers/market.ts';
import { amendOne, cancelAll, cancelOne, createOne, single } from './handlers/order-commands.ts';
import { openOrders, orderHistory } from './handlers/order-queries.ts';
import { positionList, setLeverage, switchMode, tradingStop } from './handlers/position.ts';

/** The private paths under /v5 by method; the path is also the endpoint's name in limits, faults and truth. */
export const PRIVATE_ROUTES: Readonly<Record<string, (call: Call) => Answer>> = {
  'GET position/list': positionList,
  'GET order/realtime': openOrders,
  'GET order/history': orderHistory,
  'GET execution/list': executionList,
  'GET account/wallet-balance': walletBalance,
  'GET account/info': accountInfo,
  'GET account/fee-rate': feeRate,
  'GET user/query-api': queryApi,
  'GET asset/coin/query-info': () => ({ result: { rows: [] } }),
  'POST order/create': single(createOne),
  'POST order/amend': single(amendOne),
  'POST order/cancel': single(cancelOne),
  'POST order/create-batch': batch(createOne, 'create'),
  'POST order/amend-batch': batch(amendOne, 'amend'),
  'POST order/cancel-batch': batch(cancelOne, 'cancel'),
  'POST order/cancel-all': cancelAll,
  'POST position/trading-stop': tradingStop,
  'POST position/set-leverage': setLeverage,
  'POST position/switch-mode': switchMode,
};

/** The paths that need no key. */
export const PUBLIC_ROUTES: Readonly<Record<string, (call: PublicCall) => Answer>> = {
  'GET market/time': serverTime,
  'GET market/instruments-info': instrumentsInfo,
  'GET market/tickers': tickers,
};
