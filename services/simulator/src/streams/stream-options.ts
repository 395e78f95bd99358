/** What the reference leaves unconfirmed about streams, and what a test wants worse or faster than usual. */
export interface StreamOptions {
  /** From an event to the `order` and `execution` frames that tell of it (reference D.4: 1-3 ms). */
  streamDelayMs: number;
  /** From those frames to the `wallet` and `position` frames of the same event. */
  followDelayMs: number;
  /** Added to the delivery of every private frame; its creationTime does not show it. */
  streamLagMs: number;
  /** Which of the two frames of a match comes first (reference L). */
  matchOrder: 'execution-first' | 'order-first';
  /** How long a connection may be without a frame in either direction; `?max_active_time=` replaces it (reference D.1). */
  idleCutMs: number;
  /** How often idle connections are looked for. */
  idleTickMs: number;
  /** A subscribe frame with one bad topic: nothing of it is subscribed, or all but the bad ones (reference D.2). */
  mixedFrame: 'reject' | 'good-topics';
  /** Connections that one UID may have authenticated at a time on private and on trade paths each; 0 = any number. */
  sessionsPerUid: number;
  /** Requests that one trade connection may send per second (20003); 0 = any number. */
  tradePerSession: number;
  /** Requests per second and address over trade connections (10403, reference B.1). */
  tradePerAddress: number;
  /** Whether single orders share their limits with REST, as batches do (reference B.4). */
  tradeSharesLimits: boolean;
  /** The answer to a private subscribe without authentication. */
  subscribeBeforeAuthText: string;
  /** The answer to `order` and `order.linear` in one subscribe frame. */
  mixedStylesText: string;
  /** The answer to topics of more than 21,000 characters. */
  tooManyArgsText: string;
  /** The answer to an authentication that is malformed, out of time or wrongly signed. */
  authFailedText: string;
}

export function defaultStreamOptions(): StreamOptions {
  return {
    streamDelayMs: 2,
    followDelayMs: 1,
    streamLagMs: 0,
    matchOrder: 'execution-first',
    idleCutMs: 600_000,
    idleTickMs: 30_000,
    mixedFrame: 'reject',
    sessionsPerUid: 0,
    tradePerSession: 0,
    tradePerAddress: 3_000,
    tradeSharesLimits: true,
    subscribeBeforeAuthText: 'Request not authorized',
    mixedStylesText: 'error:all-in-one and categorised topics cannot be in one request',
    tooManyArgsText: 'error:args size exceeds 21000',
    authFailedText: 'Params Error',
  };
}
