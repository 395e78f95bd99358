import type { AccountSpec } from './money/accounts.ts';
import type { CancelAll } from './orders/cancel-order.ts';
import type { Decimal } from './decimal.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import type { InstrumentChange, InstrumentSpec } from './instruments.ts';
import type { Origin, PositionIdx } from './model.ts';
import type { Prices } from './matching/move-price.ts';
import type { Amendment, OrderRef, OrderRequest } from './orders/order-request.ts';
import { Refusal } from './refusal.ts';
import type { TradingStop } from './stops/trading-stop.ts';
import { requireAccount } from './venue.ts';
import type { VenueEvent } from './venue.ts';

/** What may happen to the exchange, as plain values: an account is meant by its name. */
export type Command =
  | { readonly does: 'add-account'; readonly spec: AccountSpec }
  | { readonly does: 'add-instrument'; readonly spec: InstrumentSpec }
  | { readonly does: 'change-instrument'; readonly symbol: string; readonly change: InstrumentChange }
  | { readonly does: 'place'; readonly account: string; readonly request: OrderRequest; readonly origin?: Origin }
  | { readonly does: 'amend'; readonly account: string; readonly ref: OrderRef; readonly change: Amendment }
  | { readonly does: 'cancel'; readonly account: string; readonly ref: OrderRef; readonly tooLate?: boolean }
  | { readonly does: 'cancel-all'; readonly account: string; readonly scope: CancelAll }
  | { readonly does: 'trading-stop'; readonly account: string; readonly request: TradingStop }
  | { readonly does: 'declare-stop'; readonly account: string; readonly declared: DeclaredStop }
  | { readonly does: 'price'; readonly symbol: string; readonly prices: Prices }
  | { readonly does: 'pass' };

interface DeclaredStop {
  readonly symbol: string;
  readonly positionIdx: PositionIdx;
  readonly stop: Decimal;
}

/** The events of a command, and of what time made due before it; whether it was refused. */
interface Outcome {
  readonly events: readonly VenueEvent[];
  readonly refused: Refusal | undefined;
}

export interface PureEngine {
  readonly engine: Engine;
  /** Moves the clock to `atMs` (never backwards), with what becomes due on the way, and then carries out the command. */
  apply: (command: Command & { readonly atMs: number }) => Outcome;
}

/**
 * The exchange as a function of its seed and the commands so far: equal seeds and commands give equal events, whatever the
 * machine and the time of day. For tests, replays and searches over many seeds.
 */
export function createPureEngine({ seed, startMs }: { readonly seed: number; readonly startMs: number }): PureEngine {
  let nowMs = startMs;
  const engine = createEngine({ nowMs: () => nowMs, seed });
  let events: VenueEvent[] = [];
  engine.onEvent((event) => void events.push(event));
  return {
    engine,
    apply: ({ atMs, ...command }) => {
      events = [];
      for (let dueMs = engine.nextDueMs(); dueMs !== undefined && dueMs <= atMs; dueMs = engine.nextDueMs()) {
        nowMs = Math.max(nowMs, dueMs);
        engine.runDue();
      }
      nowMs = Math.max(nowMs, atMs);
      return { refused: attempt(engine, command), events };
    },
  };
}

function attempt(engine: Engine, command: Command): Refusal | undefined {
  try {
    carryOut(engine, command);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function carryOut(engine: Engine, command: Command): unknown {
  if ('account' in command) return carryOutFor(engine, command);
  switch (command.does) {
    case 'add-account':
      return engine.addAccount(command.spec);
    case 'add-instrument':
      return engine.addInstrument(command.spec);
    case 'change-instrument':
      return engine.changeInstrument(command.symbol, command.change);
    case 'price':
      return engine.movePrice(command.symbol, command.prices);
    case 'pass':
      return undefined;
    default:
      return command satisfies never;
  }
}

function carryOutFor(engine: Engine, command: Extract<Command, { readonly account: string }>): unknown {
  const account = requireAccount(engine.venue, command.account);
  switch (command.does) {
    case 'place':
      return engine.placeOrder(account, command.request, command.origin);
    case 'amend':
      return engine.amendOrder(account, command.ref, command.change);
    case 'cancel':
      if (command.tooLate === true) return engine.losingRaces(() => engine.cancelOrder(account, command.ref));
      return engine.cancelOrder(account, command.ref);
    case 'cancel-all':
      return engine.cancelAllOrders(account, command.scope);
    case 'trading-stop':
      return engine.setTradingStop(account, command.request);
    case 'declare-stop':
      return engine.declareStop(account, command.declared);
    default:
      return command satisfies never;
  }
}
