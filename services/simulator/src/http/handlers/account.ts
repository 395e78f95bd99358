import { z } from 'zod';
import { show } from '../../engine/decimal.ts';
import { feeRatesOf } from '../../engine/money/fees.ts';
import { refusals } from '../../engine/refusal.ts';
import { parse } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { fields } from '../fields.ts';
import { walletRow } from '../rows/wallet-row.ts';
import { instrumentsInfo } from './market.ts';

const walletQuery = z.object({ accountType: z.string(), coin: fields.text });

/** GET /v5/account/wallet-balance (reference C.9); `coin` names the coins to show, separated by commas. */
export function walletBalance({ engine, account, input }: Call): Answer {
  const { accountType, coin } = parse(walletQuery, input);
  if (accountType !== 'UNIFIED') throw refusals.parameter('accountType only support UNIFIED.');
  const row = walletRow(engine.venue, account);
  const isMeant = coin === undefined || coin.split(',').includes('USDT');
  return { result: { list: [isMeant ? row : { ...row, coin: [] }] } };
}

/** GET /v5/account/info (reference C.10). */
export function accountInfo({ account }: Call): Answer {
  const { dcpWindowSeconds } = account;
  return {
    result: {
      marginMode: account.marginMode,
      updatedTime: String(account.marginModeSetAtMs),
      unifiedMarginStatus: 6,
      dcpStatus: dcpWindowSeconds > 0 ? 'ON' : 'OFF',
      timeWindow: dcpWindowSeconds,
      smpGroup: 0,
      isMasterTrader: false,
      spotHedgingStatus: 'OFF',
    },
  };
}

const feeQuery = z.object({ category: z.string().optional(), symbol: fields.text });

/** GET /v5/account/fee-rate (reference E.1): of one symbol or of all; contracts have no category here. */
export function feeRate({ engine, account, input }: Call): Answer {
  const { symbol } = parse(feeQuery, input);
  const { instruments } = engine.venue;
  if (symbol !== undefined && !instruments.has(symbol)) throw refusals.unknownSymbol();
  const list = (symbol === undefined ? [...instruments.keys()] : [symbol]).map((name) => {
    const { taker, maker } = feeRatesOf(engine.venue, account, name);
    return { symbol: name, takerFeeRate: show(taker), makerFeeRate: show(maker) };
  });
  return { result: { list } };
}

/** GET /v5/account/instruments-info: what the account may trade, which is everything. */
export function accountInstruments({ engine, input }: Call): Answer {
  return instrumentsInfo({ engine, input, nowMs: engine.venue.nowMs() });
}

const collateralQuery = z.object({ currency: fields.text });

/** GET /v5/account/collateral-info: USDT, which is collateral in full and never borrowed. */
export function collateralInfo({ input }: Call): Answer {
  const { currency } = parse(collateralQuery, input);
  const usdt = {
    currency: 'USDT',
    hourlyBorrowRate: '0',
    maxBorrowingAmount: '0',
    freeBorrowingLimit: '0',
    freeBorrowAmount: '0',
    borrowAmount: '0',
    otherBorrowAmount: '0',
    availableToBorrow: '0',
    borrowable: false,
    borrowUsageRate: '0',
    freeBorrowingAmount: '',
    marginCollateral: true,
    collateralSwitch: true,
    collateralRatio: '1',
  };
  return { result: { list: currency === undefined || currency === 'USDT' ? [usdt] : [] } };
}
