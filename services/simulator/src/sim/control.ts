import { z } from 'zod';
import { decimal, parseDecimal, show } from '../engine/decimal.ts';
import type { Account, Instrument, PositionIdx } from '../engine/model.ts';
import { Refusal } from '../engine/refusal.ts';
import { jsonReply } from '../http/envelope.ts';
import type { Reply } from '../http/envelope.ts';
import { resetSimulator } from '../simulator.ts';
import type { Simulator } from '../simulator.ts';
import { faultSpec } from './faults.ts';
import { inputFaults } from './input-faults.ts';
import { optionsBody } from './options-body.ts';
import { accountsBody, applySetup, instrumentsBody, positive, symbolName } from './setup.ts';
import { truthReport } from './truth-report.ts';

/** A control request that cannot be carried out; answered with 400. */
class BadControl extends Error {
  override readonly name = 'BadControl';
}

type Control = (simulator: Simulator, body: unknown) => unknown;

/** The control paths under /sim. What a handler returns is the JSON of the reply. */
const CONTROLS: Readonly<Record<string, Control>> = {
  'POST accounts': addAccounts,
  'POST instruments': addInstruments,
  'POST price': setPrice,
  'POST walk': walk,
  'DELETE walk': (simulator) => walk(simulator, { stop: true }),
  'POST faults': addFaults,
  'GET faults': ({ faults }) => ({ faults: faults.list() }),
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return { faults: [] };
  },
  'POST clock': advanceClock,
  'POST options': setOptions,
  'GET truth': ({ engine }) => truthReport(engine.venue),
  'POST desired': declareStop,
  'POST orders': placeManually,
  'POST orders/cancel': cancelManually,
  'POST reset': (simulator) => {
    resetSimulator(simulator);
    return { ok: true };
  },
};

/** Answers a request under /sim: 200, 400 with each fault and its path, or 404. */
export function answerControl(simulator: Simulator, route: string, raw: Buffer): Reply {
  const handle = Object.hasOwn(CONTROLS, route) ? CONTROLS[route] : undefined;
  if (handle === undefined) return jsonReply(404, { error: `no control path "${route}"` });
  try {
    const body: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString());
    return jsonReply(200, handle(simulator, body));
  } catch (error) {
    if (error instanceof z.ZodError) return jsonReply(400, { error: 'invalid body', faults: inputFaults(error) });
    if (error instanceof Refusal) return jsonReply(400, { error: error.message, retCode: error.retCode });
    if (error instanceof BadControl || error instanceof SyntaxError) return jsonReply(400, { error: error.message });
    throw error;
  }
}

function addAccounts({ engine }: Simulator, body: unknown): unknown {
  const { accounts } = accountsBody.parse(body);
  applySetup(engine, { accounts, instruments: [] });
  return { accounts: accounts.map(({ name }) => ({ name, uid: engine.venue.accounts.get(name)?.uid })) };
}

function addInstruments({ engine }: Simulator, body: unknown): unknown {
  const { instruments } = instrumentsBody.parse(body);
  applySetup(engine, { accounts: [], instruments });
  return { instruments: instruments.map(({ symbol }) => symbol) };
}

const priceBody = z.strictObject({
  symbol: symbolName,
  price: positive,
  mark: positive.optional(),
  index: positive.optional(),
});

function setPrice({ engine }: Simulator, body: unknown): unknown {
  const { symbol, price: last, mark = last, index = last } = priceBody.parse(body);
  requireSymbol(engine.venue.instruments, symbol);
  engine.movePrice(symbol, { last, mark, index });
  return { symbol, last: show(last), mark: show(mark), index: show(index) };
}

const walkBody = z.strictObject({
  seed: z.number().int().min(0).optional(),
  stepMs: z.number().int().min(10).max(60_000).default(500),
  volatilityPctPerMinute: z.number().min(0).max(100).default(1),
  driftPctPerMinute: z.number().min(-50).max(50).default(0),
  symbols: z.array(symbolName).min(1).optional(),
  stop: z.boolean().default(false),
});

function walk({ engine, config }: Simulator, body: unknown): unknown {
  const { stop, symbols, seed = config.seed, ...rest } = walkBody.parse(body);
  for (const symbol of symbols ?? []) requireSymbol(engine.venue.instruments, symbol);
  if (stop) engine.stopWalk();
  else engine.startWalk({ seed, ...rest }, symbols);
  return { walking: !stop };
}

const faultsBody = z.strictObject({ faults: z.array(faultSpec).min(1) });

function addFaults({ engine, faults, history }: Simulator, body: unknown): unknown {
  faults.add(faultsBody.parse(body).faults, engine.venue.nowMs());
  if (faults.has('stale-reads')) history.start();
  return { faults: faults.list() };
}

const clockBody = z.strictObject({ advanceMs: z.number().int().min(0).max(31_536_000_000) });

/** Moves a virtual clock, stopping at each moment at which something is due on the way. */
function advanceClock({ clock, engine }: Simulator, body: unknown): unknown {
  const { advanceMs } = clockBody.parse(body);
  if (!clock.isVirtual) throw new BadControl('the clock is real; start with --clock virtual to move it');
  const untilMs = clock.nowMs() + advanceMs;
  for (let dueMs = engine.nextDueMs(); dueMs !== undefined && dueMs <= untilMs; dueMs = engine.nextDueMs()) {
    clock.moveTo(dueMs);
    engine.runDue();
  }
  clock.moveTo(untilMs);
  return { nowMs: clock.nowMs() };
}

function setOptions({ engine, limits }: Simulator, body: unknown): unknown {
  const { limits: limitOptions = {}, ...options } = optionsBody.parse(body);
  Object.assign(engine.venue.options, options);
  Object.assign(limits.options, limitOptions);
  return { ok: true };
}

const desiredBody = z.strictObject({
  account: z.string(),
  symbol: symbolName,
  positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  stop: z.string().transform((text, context) => {
    const value = text === '' ? 0n : parseDecimal(text);
    if (value !== undefined && value >= 0n) return value;
    context.addIssue({ code: 'custom', message: 'is not a price; "" or "0" takes the declaration back' });
    return z.NEVER;
  }),
});

function declareStop({ engine }: Simulator, body: unknown): unknown {
  const { account: name, ...declared } = desiredBody.parse(body);
  const account = requireNamed(engine.venue.accounts, name);
  requireSymbol(engine.venue.instruments, declared.symbol);
  engine.declareStop(account, declared);
  return { ok: true };
}

const orderBody = z.strictObject({
  account: z.string(),
  symbol: symbolName,
  side: z.enum(['Buy', 'Sell']),
  qty: positive,
  orderType: z.enum(['Market', 'Limit']),
  price: positive.default(0n),
  reduceOnly: z.boolean().default(false),
  positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
});

/** The manual trader: somebody who works on the same account without a key. */
function placeManually({ engine }: Simulator, body: unknown): unknown {
  const { account: name, ...request } = orderBody.parse(body);
  const account = requireNamed(engine.venue.accounts, name);
  const order = engine.placeOrder(account, { ...PLAIN, ...request }, 'manual');
  return { orderId: order.orderId, orderStatus: order.status };
}

const PLAIN = {
  timeInForce: 'GTC',
  orderLinkId: '',
  closeOnTrigger: false,
  triggerPrice: decimal('0'),
  triggerDirection: 0,
  triggerBy: '',
  takeProfit: decimal('0'),
  stopLoss: decimal('0'),
  tpTriggerBy: '',
  slTriggerBy: '',
  tpslMode: '',
} as const satisfies Record<string, unknown> & { readonly triggerDirection: PositionIdx };

const cancelBody = z.strictObject({
  account: z.string(),
  symbol: symbolName,
  orderId: z.string().optional(),
  orderLinkId: z.string().optional(),
});

function cancelManually({ engine }: Simulator, body: unknown): unknown {
  const { account: name, ...ref } = cancelBody.parse(body);
  const order = engine.cancelOrder(requireNamed(engine.venue.accounts, name), ref, 'manual');
  return { orderId: order.orderId, orderStatus: order.status };
}

function requireSymbol(instruments: ReadonlyMap<string, Instrument>, symbol: string): void {
  if (!instruments.has(symbol)) throw new BadControl(`symbol: no instrument ${symbol}`);
}

function requireNamed(accounts: ReadonlyMap<string, Account>, name: string): Account {
  const account = accounts.get(name);
  if (account === undefined) throw new BadControl(`account: no account ${name}`);
  return account;
}
