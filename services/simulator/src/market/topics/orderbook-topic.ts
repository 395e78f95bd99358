import type { PublicFrame, PublicTopic } from '../../streams/public-topic.ts';
import { bookState, updateBook } from '../book-state.ts';
import type { BookChange } from '../book-state.ts';
import type { Market } from '../market.ts';

/** Milliseconds between frames by depth (reference D.3). */
const EVERY_MS: Readonly<Record<number, number>> = { 1: 10, 50: 20, 200: 100, 1000: 200 };
const REPEAT_BEST_MS = 3_000;

export function isBookDepth(depth: number): boolean {
  return Object.hasOwn(EVERY_MS, depth);
}

/**
 * `orderbook.{depth}.{symbol}`: a snapshot, then changes whose `u` rises by one. Depth 1 sends snapshots only, and its
 * last one again after 3 s without a change (reference D.3).
 */
export function orderbookTopic(market: Market, { depth, symbol }: { depth: number; symbol: string }): PublicTopic {
  updateBook(market, symbol, depth);
  let sentU = bookState(market, symbol, depth).u;
  let sentAtMs = market.engine.venue.nowMs();
  const frame = (type: 'snapshot' | 'delta', change: BookChange, ts: number): PublicFrame => {
    const { u, seq, atMs } = bookState(market, symbol, depth);
    const topic = `orderbook.${depth}.${symbol}`;
    return { topic, type, ts, data: { s: symbol, b: change.b, a: change.a, u, seq }, cts: atMs };
  };
  const whole = (ts: number): PublicFrame => {
    const { bids, asks } = bookState(market, symbol, depth);
    return frame('snapshot', { b: [...bids], a: [...asks] }, ts);
  };
  const send = (sent: PublicFrame, nowMs: number): readonly PublicFrame[] => {
    sentU = bookState(market, symbol, depth).u;
    sentAtMs = nowMs;
    return [sent];
  };
  return {
    symbol,
    everyMs: EVERY_MS[depth] ?? 100,
    ...(depth === 1 ? { repeatMs: REPEAT_BEST_MS } : {}),
    snapshot: (nowMs) => {
      bookState(market, symbol, depth).isFollowed = true;
      return [whole(nowMs)];
    },
    end: () => {
      bookState(market, symbol, depth).isFollowed = false;
    },
    tick: (nowMs) => {
      const change = updateBook(market, symbol, depth);
      const { u } = bookState(market, symbol, depth);
      if (u === sentU) {
        return depth === 1 && nowMs - sentAtMs >= REPEAT_BEST_MS ? send(whole(nowMs), nowMs) : [];
      }
      const isNext = change !== undefined && u === sentU + 1 && depth !== 1;
      return send(isNext ? frame('delta', change, nowMs) : whole(nowMs), nowMs);
    },
  };
}
