import type { Answer, Call, PublicCall } from './call.ts';
import { accountInfo, accountInstruments, collateralInfo, feeRate, walletBalance } from './handlers/account.ts';
import { batch } from './handlers/batch.ts';
import { closedPnl } from './handlers/closed-pnl.ts';
import { executionList } from './handlers/executions.ts';
import { addMargin, applyDemoMoney, setAutoAddMargin, setDisconnectWindow, setMarginMode } from './handlers/margin.ts';
import { setLimitPriceAction, userSettings } from './handlers/limit-price-action.ts';
import { instrumentsInfo, serverTime, tickers } from './handlers/market.ts';
import { orderbook, priceLimit, recentTrades } from './handlers/market-depth.ts';
import { fundingHistory, openInterest } from './handlers/market-interest.ts';
import { klines } from './handlers/market-klines.ts';
import { amendOne, cancelAll, cancelOne, createOne, single } from './handlers/order-commands.ts';
import { openOrders, orderHistory } from './handlers/order-queries.ts';
import { positionList, setLeverage, switchMode, symbolInfo, tradingStop } from './handlers/position.ts';
import { preCheckOrder } from './handlers/pre-check.ts';
import { queryApi } from './handlers/query-api.ts';
import { riskLimit } from './handlers/risk-limit.ts';
import { transactionLog } from './handlers/transaction-log.ts';

/** The private paths under /v5 by method; the path is also the endpoint's name in limits, faults and truth. */
export const PRIVATE_ROUTES: Readonly<Record<string, (call: Call) => Answer>> = {
  'GET position/list': positionList,
  'GET position/closed-pnl': closedPnl,
  'GET position/symbol-info': symbolInfo,
  'GET order/realtime': openOrders,
  'GET order/history': orderHistory,
  'GET execution/list': executionList,
  'GET account/wallet-balance': walletBalance,
  'GET account/info': accountInfo,
  'GET account/fee-rate': feeRate,
  'GET account/instruments-info': accountInstruments,
  'GET account/collateral-info': collateralInfo,
  'GET account/transaction-log': transactionLog,
  'GET account/user-setting-config': userSettings,
  'GET user/query-api': queryApi,
  'GET asset/coin/query-info': () => ({ result: { rows: [] }, retMsg: 'success' }),
  'POST order/create': single(createOne),
  'POST order/amend': single(amendOne),
  'POST order/cancel': single(cancelOne),
  'POST order/create-batch': batch(createOne, 'create'),
  'POST order/amend-batch': batch(amendOne, 'amend'),
  'POST order/cancel-batch': batch(cancelOne, 'cancel'),
  'POST order/cancel-all': cancelAll,
  'POST order/pre-check': preCheckOrder,
  'POST order/disconnected-cancel-all': setDisconnectWindow,
  'POST position/trading-stop': tradingStop,
  'POST position/set-leverage': setLeverage,
  'POST position/switch-mode': switchMode,
  'POST position/add-margin': addMargin,
  'POST position/set-auto-add-margin': setAutoAddMargin,
  'POST account/set-margin-mode': setMarginMode,
  'POST account/set-limit-px-action': setLimitPriceAction,
  'POST account/demo-apply-money': applyDemoMoney,
};

/** The paths that need no key. */
export const PUBLIC_ROUTES: Readonly<Record<string, (call: PublicCall) => Answer>> = {
  'GET market/time': serverTime,
  'GET market/instruments-info': instrumentsInfo,
  'GET market/tickers': tickers,
  'GET market/risk-limit': riskLimit,
  'GET market/kline': klines('last'),
  'GET market/mark-price-kline': klines('mark'),
  'GET market/index-price-kline': klines('index'),
  'GET market/premium-index-price-kline': klines('premium'),
  'GET market/orderbook': orderbook,
  'GET market/recent-trade': recentTrades,
  'GET market/price-limit': priceLimit,
  'GET market/open-interest': openInterest,
  'GET market/funding/history': fundingHistory,
};
