import { z } from 'zod';
import { show } from '../../engine/decimal.ts';
import { parse } from '../call.ts';
import type { Answer, Call } from '../call.ts';
import { fields } from '../fields.ts';
import { walletRow } from '../rows/wallet-row.ts';

/** GET /v5/account/wallet-balance (reference C.9). */
export function walletBalance({ engine, account }: Call): Answer {
  return { result: { list: [walletRow(engine.venue, account)] } };
}

/** GET /v5/account/info (reference C.10). */
export function accountInfo({ engine, account }: Call): Answer {
  return {
    result: {
      marginMode: account.marginMode,
      updatedTime: String(engine.venue.startedAtMs),
      unifiedMarginStatus: 6,
      dcpStatus: 'OFF',
      timeWindow: 0,
      smpGroup: 0,
      isMasterTrader: false,
      spotHedgingStatus: 'OFF',
    },
  };
}

const feeQuery = z.object({ category: z.string().optional(), symbol: fields.text });

/** GET /v5/account/fee-rate (reference E.1): of one symbol or of all. */
export function feeRate({ engine, input }: Call): Answer {
  const { symbol } = parse(feeQuery, input);
  const { takerFeeRate, makerFeeRate } = engine.venue.options;
  const rates = { takerFeeRate: show(takerFeeRate), makerFeeRate: show(makerFeeRate) };
  const symbols = [...engine.venue.instruments.keys()].filter((name) => symbol === undefined || name === symbol);
  return { result: { category: 'linear', list: symbols.map((name) => ({ symbol: name, ...rates })) } };
}

/** GET /v5/user/query-api (reference C.11). */
export function queryApi({ account }: Call): Answer {
  return {
    result: {
      id: String(account.uid),
      note: account.name,
      apiKey: account.apiKey,
      readOnly: 0,
      secret: '',
      permissions: {
        ContractTrade: ['Order', 'Position'],
        Spot: [],
        Wallet: [],
        Options: [],
        Derivatives: ['DerivativesTrade'],
        Exchange: [],
        Earn: [],
      },
      ips: ['*'],
      type: 1,
      deadlineDay: 89,
      expiredAt: '2099-01-01T00:00:00Z',
      createdAt: '2024-01-01T00:00:00Z',
      unified: 0,
      uta: 1,
      userID: account.uid,
      inviterID: 0,
      vipLevel: 'No VIP',
      mktMakerLevel: '0',
      affiliateID: 0,
      rsaPublicKey: '',
      isMaster: true,
      parentUid: '0',
      kycLevel: 'LEVEL_DEFAULT',
      kycRegion: '',
    },
  };
}
