import type { Engine } from '../engine/engine.ts';

/** One frame of a public topic; it is sent as it is, keys in this order. */
export type PublicFrame = Readonly<Record<string, unknown>>;

/**
 * What one name of a public stream sends, such as `tickers.BTCUSDT`. There is one for each name that somebody has
 * subscribed to, made with the first subscriber and dropped with the last.
 */
export interface PublicTopic {
  /** Its symbol; a topic is due after each command that concerned it. */
  readonly symbol: string;
  /** Milliseconds between two calls of `tick` at least; 0 = in real time, right after the command and its reply. */
  readonly everyMs: number;
  /** `tick` is also called when nothing has happened and no frame was sent for this long. */
  readonly repeatMs?: number;
  /**
   * What a new subscriber gets after its acknowledgement: the state as of the last `tick`, so that the next delta fits
   * it. Empty for topics that have no snapshot.
   */
  snapshot: (nowMs: number) => readonly PublicFrame[];
  /** What has happened since the last call; goes to all subscribers. Must not run a command of the engine. */
  tick: (nowMs: number) => readonly PublicFrame[];
  /** Its last subscriber has left. */
  end?: () => void;
}

/** The topic of a name, or `undefined` when there is no such topic or symbol (answered with `handler not found`). */
export type MakePublicTopic = (engine: Engine, name: string) => PublicTopic | undefined;
