import type { Desk } from '@backstop/desk';
import type { HttpRequest } from '@backstop/simulator';
import type { DayResult } from './day-result.ts';
import type { World } from './world.ts';

/** A day with something of ours switched off. */
export interface Variant {
  /** Changes each Lua script before it is loaded. */
  readonly rewrite?: (source: string) => string;
  readonly bend?: (desk: Desk) => Desk;
  /** Happens at the exchange just before a request of ours. */
  readonly before?: (venue: World['venue'], request: HttpRequest) => Promise<void>;
}

/** A variant that must show what the rule it lacks is there for: against the same days with everything on. */
export interface Control extends Variant {
  readonly what: string;
  readonly faults: readonly string[];
  readonly shows: Readonly<Record<string, (result: DayResult) => number>>;
}

/** How long a stop is away where it is cancelled and then created, beside the way of the request itself, ms. */
export const CONTROLS: Readonly<Record<string, Control>> = {
  'ttl-only': {
    what: 'own writes mark no row dirty: rows are right for as long as they live',
    faults: ['calm', 'latency'],
    rewrite: (source) =>
      replaced(
        replaced(
          source,
          "redis.call('HSET', dirty_key, slot .. ':tp-sl', epoch, slot .. ':limit-order', epoch, slot .. ':at', now)",
          '',
        ),
        'tonumber(row[3]) < dirty_epoch or tonumber(row[1]) <= unsettled_until',
        'false',
      ),
    shows: { 'stale decisions': ({ stale }) => stale, 'fills told late': ({ lateFills }) => lateFills },
  },
  'no-intents': {
    what: 'nobody looks whether another job has a request under way',
    faults: ['frozen-in-flight'],
    rewrite: (source) =>
      replaced(
        replaced(source, "return { 'foreign-intent' }", 'break'),
        'tonumber(row[1]) <= unsettled_until',
        'false',
      ),
    shows: { 'requests of two jobs at once': ({ overlaps }) => overlaps },
  },
  'cancel-then-create': {
    what: 'a stop that moves is cancelled first',
    faults: ['calm'],
    before: cancelStopFirst,
    shows: { 'ms without a stop': ({ unprotectedMs }) => unprotectedMs },
  },
  'no-reassert': {
    what: 'a stop that was moved once is not set again after an entry filled',
    faults: ['every-cancel-races'],
    bend: withoutReassertion,
    shows: { 'ms with a misplaced stop': ({ misplacedMs }) => misplacedMs },
  },
};

/** Scripts that have the text lose it; the others stay as they are. */
function replaced(source: string, text: string, instead: string): string {
  return source.replaceAll(text, instead);
}

async function cancelStopFirst({ simulator }: World['venue'], { endpoint, body }: HttpRequest): Promise<void> {
  if (endpoint !== 'position/trading-stop') return;
  const { symbol } = JSON.parse(body.toString()) as { readonly symbol: string };
  for (const account of simulator.engine.venue.accounts.values()) {
    const position = account.positions.get(`${symbol}:0`);
    if (position?.stopLoss === undefined) continue;
    simulator.engine.setTradingStop(account, { symbol, positionIdx: 0, tpslMode: 'Full', stopLoss: 0n });
  }
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
