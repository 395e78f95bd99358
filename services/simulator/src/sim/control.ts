import { z } from 'zod';
import { parseDecimal, show } from '../engine/decimal.ts';
import { plainOrder } from '../engine/orders/plain-order.ts';
import { Refusal } from '../engine/refusal.ts';
import { jsonReply } from '../http/envelope.ts';
import type { Reply } from '../http/envelope.ts';
import { resetSimulator } from '../simulator.ts';
import { pictureOf } from '../web/picture.ts';
import type { Simulator } from '../simulator.ts';
import { advanceClock } from './advance-clock.ts';
import { BadControl } from './bad-control.ts';
import { faultSpec } from './fault-spec.ts';
import { inputFaults } from './input-faults.ts';
import { moneyControls } from './money-controls.ts';
import { accountOf, instrumentOf } from './named.ts';
import { optionsBody } from './options-body.ts';
import { postFaults } from './post-faults.ts';
import { listPrices, startPrices, stopPrices } from './prices-body.ts';
import { playScenario, scenarioFile } from './scenario.ts';
import { setOptions } from './set-options.ts';
import { accountsBody, applySetup, instrumentsBody, positive, symbolName } from './setup.ts';
import { streamsReport } from '../streams/streams-report.ts';
import { truthReport } from './truth-report.ts';

/** What it returns, or promises, is the JSON of the reply. */
type Control = (simulator: Simulator, body: unknown) => unknown;

/** The control paths under /sim. */
const CONTROLS: Readonly<Record<string, Control>> = {
  'POST accounts': addAccounts,
  'POST instruments': addInstruments,
  'POST price': setPrice,
  'POST walk': walk,
  'DELETE walk': (simulator) => walk(simulator, { stop: true }),
  'POST prices': startPrices,
  'GET prices': listPrices,
  'DELETE prices': stopPrices,
  'POST faults': addFaults,
  'GET faults': ({ faults }) => ({ faults: faults.list() }),
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return { faults: [] };
  },
  'POST clock': advanceClock,
  'POST options': changeOptions,
  'POST scenario': beginScenario,
  'GET truth': ({ engine, streams }) => ({ ...truthReport(engine.venue), streams: streamsReport(streams) }),
  'GET picture': pictureOf,
  'POST desired': declareStop,
  ...moneyControls,
  'POST orders': placeManually,
  'POST orders/cancel': cancelManually,
  'POST reset': (simulator) => {
    resetSimulator(simulator);
    return { ok: true };
  },
};

/**
 * Answers a request under /sim: 200, 400 with each fault and its path, 404, or 409 for what has to wait. All but a long
 * move of the clock has had its effect when this returns its promise.
 */
export async function answerControl(simulator: Simulator, route: string, raw: Buffer): Promise<Reply> {
  const handle = Object.hasOwn(CONTROLS, route) ? CONTROLS[route] : undefined;
  if (handle === undefined) return jsonReply(404, { error: `no control path "${route}"` });
  try {
    const body: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString());
    return jsonReply(200, await handle(simulator, body));
  } catch (error) {
    if (error instanceof z.ZodError) return jsonReply(400, { error: 'invalid body', faults: inputFaults(error) });
    if (error instanceof Refusal) return jsonReply(400, { error: error.message, retCode: error.retCode });
    if (error instanceof BadControl) return jsonReply(error.status, { error: error.message });
    if (error instanceof SyntaxError) return jsonReply(400, { error: error.message });
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
  instrumentOf(engine.venue, symbol);
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
  for (const symbol of symbols ?? []) instrumentOf(engine.venue, symbol);
  if (stop) engine.stopWalk();
  else engine.startWalk({ seed, ...rest }, symbols);
  return { walking: !stop };
}

const faultsBody = z.strictObject({ faults: z.array(faultSpec).min(1) });

function addFaults(simulator: Simulator, body: unknown): unknown {
  postFaults(simulator, faultsBody.parse(body).faults);
  return { faults: simulator.faults.list() };
}

function changeOptions(simulator: Simulator, body: unknown): unknown {
  setOptions(simulator, optionsBody.parse(body));
  return { ok: true };
}

function beginScenario(simulator: Simulator, body: unknown): unknown {
  const scenario = scenarioFile.parse(body);
  playScenario(simulator, scenario);
  return { scenario: scenario.name, faults: simulator.faults.list() };
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
  const account = accountOf(engine.venue, name);
  instrumentOf(engine.venue, declared.symbol);
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
  const account = accountOf(engine.venue, name);
  const order = engine.placeOrder(account, { ...plainOrder, ...request }, 'manual');
  return { orderId: order.orderId, orderStatus: order.status };
}

const cancelBody = z.strictObject({
  account: z.string(),
  symbol: symbolName,
  orderId: z.string().optional(),
  orderLinkId: z.string().optional(),
});

function cancelManually({ engine }: Simulator, body: unknown): unknown {
  const { account: name, ...ref } = cancelBody.parse(body);
  const order = engine.cancelOrder(accountOf(engine.venue, name), ref, 'manual');
  return { orderId: order.orderId, orderStatus: order.status };
}
