import type { Execution, OrderRow, PositionRow } from './facts.ts';

/** A row of a frame that could not be read: of which symbol, where that much is known, and what is wrong with it. */
export interface UnreadableRow {
  readonly symbol: string | undefined;
  readonly why: string;
}

/** One frame of a private topic (reference D.4). Rows are whole: each says all there is about its order, position or fill. */
export type PrivateFrame = (
  | { readonly topic: 'order'; readonly rows: readonly OrderRow[] }
  | { readonly topic: 'position'; readonly rows: readonly PositionRow[] }
  | { readonly topic: 'execution'; readonly rows: readonly Execution[] }
) & {
  /** When the exchange made it, by its own clock, ms. */
  readonly createdMs: number;
  /** What else it held: the rest of the frame is as good as ever. */
  readonly unreadable: readonly UnreadableRow[];
};

/** What an account's stream tells its owner. None of these may throw. */
export interface PrivateStreamListener {
  /** A new connection is subscribed: what happens from now on comes as frames; what was before does not. */
  readonly ready: () => void;
  /** Frames in the order of their arrival: all that came in one turn. Only between `ready` and `down`. */
  readonly frames: (frames: readonly PrivateFrame[]) => void;
  /** The connection is gone or no longer to be trusted; another one is tried. Also for attempts that never got ready. */
  readonly down: (failure: StreamFailure) => void;
}

/** `credentials`: the exchange does not take the key. `silent`: it no longer answers. */
export interface StreamFailure {
  readonly reason: 'credentials' | 'silent' | 'refused' | 'closed';
  /** For people; carries no key. */
  readonly why: string;
}

/** The private stream of one account, over as many connections as it takes, until it is closed. */
export interface PrivateStream {
  readonly close: () => void;
}
