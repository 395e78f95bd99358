import { readdirSync, readFileSync } from 'node:fs';
import type { Exchange } from '@backstop/core';
import type { Desk } from '@backstop/desk';
import type { DayResult } from './day-result.ts';

/** A day with something of ours switched off. */
export interface Variant {
  /** Changes each Lua script before it is loaded. */
  readonly rewrite?: (source: string) => string;
  readonly bend?: (desk: Desk) => Desk;
  readonly exchangeOf?: (exchange: Exchange) => Exchange;
  /** There is no stream process, whatever the day has. */
  readonly isUnstreamed?: true;
}

/**
 * A variant that must show what the rule it lacks is there for: beside the same seeds with everything on.
 */
export interface Control extends Variant {
  readonly what: string;
  readonly faults: readonly string[];
  /** What there is some of without the rule, and none with it. */
  readonly never?: Measures;
  /** What there is at least twice as much of without the rule. */
  readonly less?: Measures;
  /** What is told beside, and need not show anything. */
  readonly tells?: Measures;
}

type Measures = Readonly<Record<string, (result: DayResult) => number>>;

const SCRIPTS = new URL('../../packages/store/src/lua/', import.meta.url);

export const CONTROLS: Readonly<Record<string, Control>> = {
  'ttl-only': {
    what: 'rows are right for as long as they live: no write of ours outdates them, nor does a price, and no frame changes them',
    faults: ['calm', 'latency'],
    isUnstreamed: true,
    rewrite: replacing(
      ["redis.call('HSET', dirty_key, slot .. ':tp-sl', epoch, slot .. ':limit-order', epoch, slot .. ':at', now)", ''],
      ['tonumber(row[3]) < dirty_epoch or tonumber(row[1]) <= unsettled_until', 'false'],
      ["is_vouched and '1' or '0', row[7] or '0' }", "'0', string.format('%.0f', now) }"], // no price is newer
    ),
    never: { 'stale decisions': ({ stale }) => stale, 'lost fills': ({ lostFills }) => lostFills },
    tells: { 's from a fill to its notice': ({ reactionMs }) => Math.round(reactionMs / 1_000) },
  },
  'any-frame-confirms': {
    what: 'any frame of a place confirms all writes on it, whatever they asked for',
    faults: ['frame-delayed'],
    rewrite: replacing(["if awaited.type == 'read' then return false end", 'if awaited then return true end']),
    never: { 'stale decisions': ({ stale }) => stale },
  },
  'no-intents': {
    what: 'intents are not kept: nobody knows of a request that another job has under way',
    faults: ['jobs-lost'],
    rewrite: replacing(["redis.call('HSET', KEYS[2], ARGV[index], cjson.encode(intent))", '']),
    never: { 'amends beside a request of another job': ({ overlaps }) => overlaps },
  },
  'cancel-then-create': {
    what: 'a stop that moves is cancelled, and then set anew',
    faults: ['calm'],
    exchangeOf: cancellingFirst,
    never: { 'ms without a stop': ({ unprotectedMs }) => unprotectedMs },
  },
  'no-reassert': {
    what: 'a stop that was moved once is not set again after an entry filled',
    faults: ['every-cancel-races'],
    bend: withoutReassertion,
    less: { 'ms with a misplaced stop': ({ misplacedMs }) => misplacedMs },
  },
  idle: {
    what: 'stops are never moved',
    faults: ['calm'],
    bend: withoutStops,
    never: { 'rules broken': ({ violations }) => violations.length },
  },
};

/** Replaces texts of the scripts. Throws for one that is in no script any more: the control would control nothing. */
function replacing(...pairs: readonly (readonly [text: string, instead: string])[]): (source: string) => string {
  const files = readdirSync(SCRIPTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lua'));
  const scripts = files.map((file) => readFileSync(new URL(file, SCRIPTS), 'utf8')).join('\n');
  for (const [text] of pairs) if (!scripts.includes(text)) throw new Error(`in no script any more: ${text}`);
  return (source) => pairs.reduce((changed, [text, instead]) => changed.replaceAll(text, instead), source);
}

function cancellingFirst(exchange: Exchange): Exchange {
  return {
    ...exchange,
    setStop: async (stop, options) => {
      await exchange.setStop({ ...stop, triggerPrice: 0n }, options);
      return exchange.setStop(stop, options);
    },
  };
}

function withoutStops(desk: Desk): Desk {
  return {
    ...desk,
    act: (check, facts, actions) =>
      desk.act(
        check,
        facts,
        actions.filter(({ type }) => type !== 'set-stop'),
      ),
  };
}

function withoutReassertion(desk: Desk): Desk {
  return {
    ...desk,
    act: (check, facts, actions) => {
      const { stage, acknowledgedStop } = facts.states['tp-sl'];
      const hasMoved = stage === 'scaled-out' && acknowledgedStop !== undefined;
      return desk.act(check, facts, hasMoved ? actions.filter(({ type }) => type !== 'set-stop') : actions);
    },
  };
}
