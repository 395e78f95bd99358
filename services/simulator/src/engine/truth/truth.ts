import type { Decimal } from '../decimal.ts';
import type { Order, PositionIdx, Side } from '../model.ts';

/** One position from its opening to its close, with the time it spent in each bad state. */
export interface Epoch {
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly side: Side;
  readonly openedAtMs: number;
  /** Size, average price and stop now, or just before the close. */
  size: Decimal;
  avgPrice: Decimal;
  stopLoss: Decimal;
  closedAtMs: number | undefined;
  closeReason: string | undefined;
  unprotectedMs: number;
  throughMs: number;
  misplacedMs: number;
  entryFills: number;
  reduceFills: number;
  /** What holds since `sinceMs`; its time is added when something changes. */
  through: boolean;
  misplaced: boolean;
  sinceMs: number;
  /** Infinity under an Untriggered stop, 1 s after the trigger under a Triggered one, 0 without any. */
  protectedUntilMs: number;
}

interface Duplicate {
  readonly kind: 'working' | 'market';
  readonly account: string;
  readonly symbol: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly ofOrderId: string;
  readonly ofOrderLinkId: string;
  readonly atMs: number;
}

export interface WrongCancel {
  readonly kind: 'stop-of-open-position' | 'foreign-order' | 'entry-without-exit';
  readonly account: string;
  readonly symbol: string;
  readonly orderId: string;
  readonly atMs: number;
}

export type ReactionKind = 'entry-fill' | 'reduce-fill' | 'stop-fill';

interface PendingReaction {
  readonly kind: ReactionKind;
  readonly filledAtMs: number;
  /** When the first `execution` frame of it left for somebody; absent = none did before the reaction. */
  readonly toldAtMs?: number;
}

interface Reaction extends PendingReaction {
  readonly account: string;
  readonly symbol: string;
  readonly reactedAtMs: number;
  readonly ms: number;
}

export interface RequestCount {
  readonly account: string;
  readonly endpoint: string;
  readonly outcome: string;
  count: number;
}

/** What a judge needs to know and the judged side must not be asked. */
export interface Truth {
  readonly epochs: Epoch[];
  /** Open epochs by `account:symbol:positionIdx`, as are the declared stops. */
  readonly openEpochs: Map<string, Epoch>;
  readonly desiredStops: Map<string, Decimal>;
  readonly requests: Map<string, RequestCount>;
  readonly duplicates: Duplicate[];
  /** Market entries of the last minute by account, the oldest first. */
  readonly recentMarkets: Map<string, Order[]>;
  readonly wrongCancels: WrongCancel[];
  readonly reactions: Reaction[];
  /** By `account:symbol`, as is the number of the last closing execution. */
  readonly pendingReactions: Map<string, PendingReaction>;
  readonly lastClosing: Map<string, number>;
  duplicateLinkIds: number;
  /** What the option `forgetAfterMs` has taken out of the listings, and when it looks again. */
  readonly forgotten: { orders: number; executions: number; nextLookMs: number };
}

export function createTruth(): Truth {
  return {
    epochs: [],
    openEpochs: new Map(),
    desiredStops: new Map(),
    requests: new Map(),
    duplicates: [],
    recentMarkets: new Map(),
    wrongCancels: [],
    reactions: [],
    pendingReactions: new Map(),
    lastClosing: new Map(),
    duplicateLinkIds: 0,
    forgotten: { orders: 0, executions: 0, nextLookMs: 0 },
  };
}
