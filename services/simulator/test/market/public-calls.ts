import type { Engine } from '../../src/engine/engine.ts';
import { PUBLIC_ROUTES } from '../../src/http/routes.ts';
import { makeMarketTopic } from '../../src/market/topics/make-market-topic.ts';
import type { PublicFrame, PublicTopic } from '../../src/streams/public-topic.ts';

export type Row = Record<string, unknown>;
export type Levels = [price: string, size: string][];

type Query = Record<string, string>;

/** What a public path under /v5/market answers. */
export function ask(engine: Engine, path: string, query: Query): Row {
  const call = { engine, nowMs: engine.venue.nowMs(), input: { category: 'linear', ...query } };
  const answer = PUBLIC_ROUTES[`GET market/${path}`]?.(call);
  if (answer === undefined) throw new Error(`no path ${path}`);
  return JSON.parse(JSON.stringify(answer.result));
}

export function rowsOf(engine: Engine, path: string, query: Query): Row[] {
  return JSON.parse(JSON.stringify(ask(engine, path, query)['list']));
}

export function barsOf(engine: Engine, path: string, query: Query): string[][] {
  return JSON.parse(JSON.stringify(ask(engine, path, query)['list']));
}

export function bookOf(engine: Engine, query: Query): { b: Levels; a: Levels; u: number } {
  return JSON.parse(JSON.stringify(ask(engine, 'orderbook', query)));
}

/** A topic by its name. */
export function topicOf(engine: Engine, name: string): PublicTopic {
  const topic = makeMarketTopic(engine, name);
  if (topic === undefined) throw new Error(`no topic ${name}`);
  return topic;
}

/** A frame as it arrives. */
export function received(frame: PublicFrame | undefined): Row & { data: Row } {
  return JSON.parse(JSON.stringify(frame ?? {}));
}

export function bookIn(frame: PublicFrame | undefined): { type: string; data: { b: Levels; a: Levels; u: number } } {
  return JSON.parse(JSON.stringify(frame ?? {}));
}

/** The rows of a frame whose data is a list. */
export function rowsIn(frame: PublicFrame | undefined): Row[] {
  return JSON.parse(JSON.stringify(frame?.['data'] ?? []));
}
