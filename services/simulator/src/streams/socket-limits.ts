import { createRollingWindow } from './rolling-window.ts';

/** Reference B.1, per address and domain; the limits of one simulator are scaled by its options. */
interface SocketLimitOptions {
  readonly enabled: boolean;
  readonly scale: number;
  /** New connections per window. */
  readonly socketsPerWindow: number;
  readonly socketWindowMs: number;
  /** Open market data connections per address and category. */
  readonly socketsPerAddress: number;
  /** Whether refused handshakes use up the limit too (unconfirmed). */
  readonly refusedSocketsConsume: boolean;
}

export interface SocketLimits {
  /** False when the handshake has to be answered with 403. */
  admit: (socket: { address: string; domain: string; nowMs: number }, options: SocketLimitOptions) => boolean;
}

export function createSocketLimits(): SocketLimits {
  const opened = createRollingWindow();
  return {
    admit: ({ address, domain, nowMs }, options) => {
      if (!options.enabled) return true;
      const key = `${address} ${domain}`;
      const isWithin =
        opened.within(key, nowMs, options.socketWindowMs).length < options.socketsPerWindow * options.scale;
      if (isWithin || options.refusedSocketsConsume) opened.note(key, nowMs);
      return isWithin;
    },
  };
}
