import type { Account } from '../../engine/model.ts';
import type { Answer, Call } from '../call.ts';

const DAY_MS = 86_400_000;
const NEVER_MS = Date.UTC(2099, 0, 1);
const CREATED_AT = '2024-01-01T00:00:00Z';

/** GET /v5/user/query-api (reference C.11): any key may ask about itself. */
export function queryApi({ engine, account }: Call): Answer {
  const { key } = account;
  const expiresAtMs = key.expiresAtMs === 0 ? NEVER_MS : key.expiresAtMs;
  return {
    retMsg: '',
    result: {
      id: String(account.uid),
      note: account.name,
      apiKey: account.apiKey,
      readOnly: key.readOnly ? 1 : 0,
      secret: '',
      permissions: permissionsOf(account),
      ips: key.ips.length === 0 ? ['*'] : key.ips,
      type: 1,
      deadlineDay: Math.max(0, Math.floor((expiresAtMs - engine.venue.nowMs()) / DAY_MS)),
      expiredAt: `${new Date(expiresAtMs).toISOString().slice(0, 19)}Z`,
      createdAt: CREATED_AT,
      unified: 0,
      uta: 1,
      userID: account.uid,
      inviterID: 0,
      vipLevel: key.vip,
      mktMakerLevel: '0',
      affiliateID: 0,
      rsaPublicKey: key.rsaPublicKey,
      isMaster: true,
      parentUid: '0',
      kycLevel: 'LEVEL_DEFAULT',
      kycRegion: '',
    },
  };
}

function permissionsOf({ key }: Account): Record<string, readonly string[]> {
  return {
    ContractTrade: key.permissions,
    Spot: [],
    Wallet: [],
    Options: [],
    Derivatives: key.permissions.length > 0 ? ['DerivativesTrade'] : [],
    CopyTrading: [],
    BlockTrade: [],
    Exchange: [],
    NFT: [],
    Affiliate: [],
    Earn: [],
  };
}
