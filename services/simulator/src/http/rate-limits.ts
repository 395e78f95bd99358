/** Reference B.2, default tier: requests per rolling second, UID and endpoint; batches count orders. */
const PER_SECOND: Readonly<Record<string, number>> = {
  'order/create': 10,
  'order/amend': 10,
  'order/cancel': 10,
  'order/cancel-all': 10,
  'order/create-batch': 10,
  'order/amend-batch': 10,
  'order/cancel-batch': 10,
  'order/realtime': 50,
  'order/history': 50,
  'execution/list': 50,
  'position/list': 50,
  'position/closed-pnl': 50,
  'position/trading-stop': 10,
  'position/set-leverage': 10,
  'position/switch-mode': 10,
  'account/wallet-balance': 50,
  'account/info': 50,
  'account/fee-rate': 5,
  'user/query-api': 10,
};
const STANDARD_PER_SECOND = 10;
const UID_WINDOW_MS = 1_000;
const ADDRESS_WINDOW_MS = 5_000;

/** What the reference leaves open about limits, and what tests scale. */
export interface LimitOptions {
  enabled: boolean;
  /** Requests per address and 5 s (reference B.1). */
  perAddress: number;
  /** How long an address that broke its limit gets 403. */
  addressBanMs: number;
  /** Whether refused requests use up the limit too (unconfirmed). */
  refusedConsume: boolean;
}

export function defaultLimitOptions(enabled: boolean): LimitOptions {
  return { enabled, perAddress: 600, addressBanMs: 600_000, refusedConsume: false };
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
  /** Takes `cost` from a UID's window of an endpoint. */
  take: (uid: number, endpoint: string, request: { cost: number; nowMs: number }) => Grant;
  /** False when the address has to be answered with 403. */
  admit: (address: string, nowMs: number) => boolean;
}

export function createRateLimits(options: LimitOptions): RateLimits {
  const windows = new Map<string, number[]>();
  const bannedUntilMs = new Map<string, number>();
  return {
    options,
    take: (uid, endpoint, { cost, nowMs }) => {
      const limit = PER_SECOND[endpoint] ?? STANDARD_PER_SECOND;
      const used = windowOf(windows, `${uid} ${endpoint}`, nowMs - UID_WINDOW_MS);
      const granted = options.enabled ? Math.min(cost, Math.max(0, limit - used.length)) : cost;
      const counted = options.refusedConsume ? cost : granted;
      if (options.enabled) used.push(...Array.from({ length: counted }, () => nowMs));
      const isExceeded = granted < cost;
      const resetAtMs = isExceeded ? (used[0] ?? nowMs) + UID_WINDOW_MS : nowMs;
      return { granted, limit, remaining: Math.max(0, limit - used.length), resetAtMs };
    },
    admit: (address, nowMs) => {
      if (!options.enabled) return true;
      if (nowMs < (bannedUntilMs.get(address) ?? 0)) return false;
      const used = windowOf(windows, address, nowMs - ADDRESS_WINDOW_MS);
      if (used.length >= options.perAddress) {
        bannedUntilMs.set(address, nowMs + options.addressBanMs);
        return false;
      }
      used.push(nowMs);
      return true;
    },
  };
}

/** The times in a rolling window, without those that have left it. */
function windowOf(windows: Map<string, number[]>, key: string, afterMs: number): number[] {
  const times = windows.get(key) ?? [];
  const firstKept = times.findIndex((time) => time > afterMs);
  times.splice(0, firstKept === -1 ? times.length : firstKept);
  windows.set(key, times);
  return times;
}
