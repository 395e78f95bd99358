import type { Engine } from '../engine/engine.ts';
import type { VenueEvent } from '../engine/venue.ts';
import type { FrameSender } from './frame-sender.ts';
import type { MakePublicTopic, PublicFrame, PublicTopic } from './public-topic.ts';
import type { Registry } from './registry.ts';

/** The channel that has market data; those of other categories know no topic. */
export const LINEAR_CHANNEL = 'public/linear';

/** A topic that has subscribers, and when it last said something. */
interface Active {
  readonly topic: PublicTopic;
  nextTickMs: number;
  lastFrameMs: number;
  /** Something has happened on its symbol since the last tick. */
  isDue: boolean;
}

/** The active topics by name, and their names by symbol. */
interface Board {
  readonly active: Map<string, Active>;
  readonly bySymbol: Map<string, Set<string>>;
  /** Nothing is due before; it is exact again after each `runDue`. */
  soonestMs: number;
}

interface Parts {
  readonly registry: Registry;
  readonly sender: FrameSender;
  readonly makers: readonly MakePublicTopic[];
}

/** Runs the public topics that somebody has subscribed to. */
export interface PublicPublisher {
  /** Whether there is a topic of this name. */
  knows: (name: string) => boolean;
  /** The frames a new subscriber begins with; `undefined` when there is no such topic. Call it before subscribing. */
  begin: (name: string, nowMs: number) => readonly PublicFrame[] | undefined;
  /** Takes an event of the engine; topics of its symbol are due at the end of the command, when their interval is over. */
  hear: (event: VenueEvent) => void;
  nextDueMs: () => number | undefined;
  runDue: (nowMs: number) => void;
}

/** A publisher without topics. Those whose last subscriber has left are forgotten at their next turn. */
export function createPublicPublisher(engine: Engine, parts: Parts): PublicPublisher {
  const board: Board = { active: new Map(), bySymbol: new Map(), soonestMs: Number.POSITIVE_INFINITY };
  const changed = new Set<string>();
  return {
    knows: (name) => board.active.has(name) || make(engine, parts, name) !== undefined,
    begin: (name, nowMs) => {
      const known = isHeard(parts, name) ? board.active.get(name)?.topic : undefined;
      const topic = known ?? make(engine, parts, name);
      if (topic !== undefined && known === undefined) start(board, name, topic, nowMs);
      return topic?.snapshot(nowMs);
    },
    hear: (event) => {
      if (board.active.size === 0) return;
      const symbol = symbolOf(event);
      if (symbol !== undefined) changed.add(symbol);
      if (event.type !== 'end') return;
      for (const touched of changed) markDue(board, touched);
      changed.clear();
    },
    nextDueMs: () => (board.soonestMs === Number.POSITIVE_INFINITY ? undefined : board.soonestMs),
    runDue: (nowMs) => {
      if (nowMs < board.soonestMs) return;
      for (const [name, state] of board.active) if (dueMsOf(state) <= nowMs) publish(board, parts, name, nowMs);
      board.soonestMs = Math.min(...[...board.active.values()].map(dueMsOf));
    },
  };
}

function make(engine: Engine, { makers }: Parts, name: string): PublicTopic | undefined {
  for (const maker of makers) {
    const topic = maker(engine, name);
    if (topic !== undefined) return topic;
  }
  return undefined;
}

function isHeard({ registry }: Parts, name: string): boolean {
  return registry.subscribers(LINEAR_CHANNEL, name).size > 0;
}

function start(board: Board, name: string, topic: PublicTopic, nowMs: number): void {
  const state = { topic, nextTickMs: nowMs + topic.everyMs, lastFrameMs: nowMs, isDue: false };
  board.active.set(name, state);
  board.bySymbol.set(topic.symbol, (board.bySymbol.get(topic.symbol) ?? new Set<string>()).add(name));
  board.soonestMs = Math.min(board.soonestMs, dueMsOf(state));
}

function markDue(board: Board, symbol: string): void {
  for (const name of board.bySymbol.get(symbol) ?? []) {
    const state = board.active.get(name);
    if (state === undefined) continue;
    state.isDue = true;
    board.soonestMs = Math.min(board.soonestMs, dueMsOf(state));
  }
}

function publish(board: Board, parts: Parts, name: string, nowMs: number): void {
  const state = board.active.get(name);
  if (state === undefined) return;
  if (!isHeard(parts, name)) {
    state.topic.end?.();
    board.active.delete(name);
    board.bySymbol.get(state.topic.symbol)?.delete(name);
    return;
  }
  const frames = state.topic.tick(nowMs);
  state.isDue = false;
  state.nextTickMs = nowMs + state.topic.everyMs;
  if (frames.length > 0 || isRepeating(state, nowMs)) state.lastFrameMs = nowMs;
  for (const frame of frames) {
    parts.sender.send({ channel: LINEAR_CHANNEL, account: '', topic: name, text: JSON.stringify(frame) }, nowMs);
  }
}

/** A topic is due when something has happened and its interval is over, or when it has been silent for too long. */
function dueMsOf(state: Active): number {
  const { repeatMs } = state.topic;
  if (state.isDue) return state.nextTickMs;
  return repeatMs === undefined ? Number.POSITIVE_INFINITY : Math.max(state.lastFrameMs + repeatMs, state.nextTickMs);
}

function isRepeating({ topic: { repeatMs }, lastFrameMs }: Active, nowMs: number): boolean {
  return repeatMs !== undefined && nowMs >= lastFrameMs + repeatMs;
}

function symbolOf(event: VenueEvent): string | undefined {
  if (event.type === 'price') return event.symbol;
  if (event.type === 'order') return event.order.symbol;
  return event.type === 'execution' ? event.execution.symbol : undefined;
}
