import type { VipTier } from '../engine/orders/api-key.ts';
import type { Account } from '../engine/model.ts';
import { createRollingWindow } from '../streams/rolling-window.ts';

/** Reference B.2, default tier: requests per rolling second, UID and endpoint; batches count orders. */
const PER_SECOND: Readonly<Record<string, number>> = {
  'order/create': 10,
  'order/amend': 10,
  'order/cancel': 10,
  'order/cancel-all': 10,
  'order/create-batch': 10,
  'order/amend-batch': 10,
  'order/cancel-batch': 10,
  'order/pre-check': 10,
  'order/realtime': 50,
  'order/history': 50,
  'order/disconnected-cancel-all': 5,
  'execution/list': 50,
  'position/list': 50,
  'position/closed-pnl': 50,
  'position/trading-stop': 10,
  'position/set-leverage': 10,
  'position/switch-mode': 10,
  'position/set-auto-add-margin': 10,
  'position/add-margin': 10,
  'account/wallet-balance': 50,
  'account/info': 50,
  'account/collateral-info': 50,
  'account/fee-rate': 5,
  'account/instruments-info': 10,
  'account/transaction-log': 25,
  'user/query-api': 10,
};
const STANDARD_PER_SECOND = 10;

/** Reference B.2: the endpoints whose limit grows with the tier. */
const UPGRADABLE = /^order\/(create|amend|cancel|cancel-all|create-batch|amend-batch|cancel-batch|pre-check)$/;
const PER_SECOND_OF_TIER: Readonly<Record<VipTier, number>> = {
  'No VIP': 10,
  'VIP-1': 20,
  'VIP-2': 40,
  'VIP-3': 60,
  'VIP-4': 60,
  'VIP-5': 60,
  'PRO-1': 200,
  'PRO-2': 400,
  'PRO-3': 600,
  'PRO-4': 800,
  'PRO-5': 1_000,
  'PRO-6': 1_200,
  'MM-1': 600,
  'MM-2': 800,
  'MM-3': 1_000,
};
const UID_WINDOW_MS = 1_000;
const ADDRESS_WINDOW_MS = 5_000;

/** What the reference leaves open about limits, and what tests scale. */
export interface LimitOptions {
  enabled: boolean;
  /** Multiplies every limit, of accounts and of addresses. */
  scale: number;
  /** Requests per address and 5 s (reference B.1). */
  perAddress: number;
  /** How long an address that broke its limit gets 403. */
  addressBanMs: number;
  /** Whether refused requests use up the limit too (unconfirmed). */
  refusedConsume: boolean;
  /** HTTP status of 10006 (unconfirmed). */
  refusedStatus: number;
  /** New sockets per address, domain and window (reference B.1). */
  socketsPerWindow: number;
  socketWindowMs: number;
  /** Open market data sockets per address and category (reference B.1). */
  socketsPerAddress: number;
  /** Whether refused handshakes use up the limit too (unconfirmed). */
  refusedSocketsConsume: boolean;
}

export function defaultLimitOptions(enabled: boolean): LimitOptions {
  const sockets = { socketsPerWindow: 500, socketWindowMs: 300_000, socketsPerAddress: 1_000 };
  const unconfirmed = { refusedConsume: false, refusedStatus: 200, refusedSocketsConsume: true };
  return { enabled, scale: 1, perAddress: 600, addressBanMs: 600_000, ...sockets, ...unconfirmed };
}

export interface Grant {
  /** How much of the cost is within the limit. */
  readonly granted: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
}

export interface RateLimits {
  readonly options: LimitOptions;
  /** Takes `cost` from the window that the account's UID has for an endpoint. */
  take: (account: Account, endpoint: string, request: { cost: number; nowMs: number }) => Grant;
  /** False when the address has to be answered with 403. */
  admit: (address: string, nowMs: number) => boolean;
  /** Answers an address with 403 until a moment, whether limits are enabled or not. */
  ban: (address: string, untilMs: number) => void;
}

export function createRateLimits(options: LimitOptions): RateLimits {
  const used = createRollingWindow();
  const bannedUntilMs = new Map<string, number>();
  return {
    options,
    take: ({ uid, key }, endpoint, { cost, nowMs }) => {
      const limit = Math.max(1, Math.floor(limitOf(key.vip, endpoint) * options.scale));
      const window = `${uid} ${endpoint}`;
      const { length } = used.within(window, nowMs, UID_WINDOW_MS);
      const granted = options.enabled ? Math.min(cost, Math.max(0, limit - length)) : cost;
      const counted = options.refusedConsume ? cost : granted;
      if (options.enabled) used.note(window, nowMs, counted);
      const times = used.within(window, nowMs, UID_WINDOW_MS);
      const resetAtMs = granted < cost ? (times[0] ?? nowMs) + UID_WINDOW_MS : nowMs;
      return { granted, limit, remaining: Math.max(0, limit - times.length), resetAtMs };
    },
    admit: (address, nowMs) => {
      if (nowMs < (bannedUntilMs.get(address) ?? 0)) return false;
      if (!options.enabled) return true;
      if (used.within(address, nowMs, ADDRESS_WINDOW_MS).length >= options.perAddress * options.scale) {
        bannedUntilMs.set(address, nowMs + options.addressBanMs);
        return false;
      }
      used.note(address, nowMs);
      return true;
    },
    ban: (address, untilMs) => void bannedUntilMs.set(address, untilMs),
  };
}

function limitOf(tier: VipTier, endpoint: string): number {
  if (UPGRADABLE.test(endpoint)) return PER_SECOND_OF_TIER[tier];
  return PER_SECOND[endpoint] ?? STANDARD_PER_SECOND;
}
