import { decimal, floorTo, max } from '../src/engine/decimal.ts';
import type { Decimal } from '../src/engine/decimal.ts';
import { createEngine } from '../src/engine/engine.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { Account, Order, Side } from '../src/engine/model.ts';
import type { OrderRequest } from '../src/engine/orders/order-request.ts';
import { plainOrder } from '../src/engine/orders/plain-order.ts';
import { seededRandom } from '../src/engine/random.ts';
import type { Random } from '../src/engine/random.ts';
import { Refusal } from '../src/engine/refusal.ts';

const ACCOUNTS = 8;
const SYMBOLS = 10;
/** Working orders that an account keeps on a symbol: a ladder, its stop, a few entries. */
const MOST_WORKING = 12;
const STEP_MS = 20;
const START = decimal('100');
/** Of the price, at most, in one step. */
const MOST_STEP = 0.002;
/** Seconds of its own CPU: on a busy machine, so much work takes longer but stays the same. */
const WARM_SECONDS = 1.5;
const MEASURE_SECONDS = 4;
const COMMANDS_BETWEEN_LOOKS = 512;

/** How often each command comes, of 1000: prices move much more often than anybody trades. */
const SHARES = {
  'price step': 800,
  'limit entry': 60,
  'market order': 40,
  'take-profit': 30,
  amend: 30,
  cancel: 25,
  'trading stop': 15,
} as const;
type Kind = keyof typeof SHARES;

interface Rate {
  commands: number;
  refused: number;
  events: number;
  seconds: number;
  cpuSeconds: number;
  byKind: Record<string, { count: number; microseconds: number }>;
}

interface Scene {
  readonly engine: Engine;
  readonly random: Random;
  readonly accounts: readonly Account[];
  readonly symbols: readonly string[];
  pass: () => void;
}

/**
 * How many commands a second the engine carries out, and how many events it emits meanwhile: virtual time, one listener, no
 * transport. Prints JSON on one line.
 */
function main(): void {
  const scene = openScene();
  const rate = noRate();
  scene.engine.onEvent(({ type }) => {
    if (type !== 'end') rate.events += 1;
  });
  run(scene, noRate(), WARM_SECONDS);
  rate.events = 0;
  run(scene, rate, MEASURE_SECONDS);
  process.stdout.write(`${JSON.stringify(rate)}\n`);
}

function noRate(): Rate {
  return { commands: 0, refused: 0, events: 0, seconds: 0, cpuSeconds: 0, byKind: {} };
}

function openScene(): Scene {
  let nowMs = 1_700_000_000_000;
  const engine = createEngine({ nowMs: () => nowMs, seed: 7 });
  const symbols = Array.from({ length: SYMBOLS }, (_, index) => `COIN${index}USDT`);
  const filters = {
    maxOrderQty: decimal('1000000'),
    maxMktOrderQty: decimal('1000000'),
    minNotionalValue: decimal('5'),
  };
  const sizes = { tickSize: decimal('0.01'), qtyStep: decimal('0.1'), minOrderQty: decimal('0.1') };
  const terms = { status: 'Trading', deliveryTimeMs: 0, fundingInterval: 480, price: START };
  for (const symbol of symbols) engine.addInstrument({ symbol, ...sizes, ...filters, ...terms });
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => {
    const key = { name: `account${index}`, apiKey: `key${index}`, secret: 's', uid: index + 1 };
    const money = { balance: decimal('1000000000'), leverage: decimal('10'), marginMode: 'REGULAR_MARGIN' };
    return engine.addAccount({ ...key, ...money, mode: 'one-way' });
  });
  return {
    engine,
    random: seededRandom(7),
    accounts,
    symbols,
    pass: () => {
      nowMs += STEP_MS;
      engine.runDue();
    },
  };
}

function run(scene: Scene, rate: Rate, forCpuSeconds: number): void {
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  while (rate.cpuSeconds < forCpuSeconds) {
    for (let command = 0; command < COMMANDS_BETWEEN_LOOKS; command += 1) carryOut(scene, rate);
    const { user, system } = process.cpuUsage(cpuBefore);
    rate.cpuSeconds = (user + system) / 1e6;
  }
  rate.seconds = (performance.now() - startedMs) / 1_000;
}

function carryOut(scene: Scene, rate: Rate): void {
  const startedMs = performance.now();
  const kind = kindFor(scene.random() * 1_000);
  const isDone = attempt(() => COMMANDS[kind](scene));
  scene.pass();
  const known = (rate.byKind[kind] ??= { count: 0, microseconds: 0 });
  known.count += 1;
  known.microseconds += (performance.now() - startedMs) * 1_000;
  rate.commands += 1;
  rate.refused += isDone ? 0 : 1;
}

function kindFor(at: number): Kind {
  let below = 0;
  for (const kind of KINDS) {
    below += SHARES[kind];
    if (at < below) return kind;
  }
  return 'price step';
}

/** A command that the exchange would refuse is a command too. */
function attempt(command: () => void): boolean {
  try {
    command();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const KINDS = Object.keys(SHARES).filter((kind): kind is Kind => kind in SHARES);

const COMMANDS: Readonly<Record<Kind, (scene: Scene) => void>> = {
  'price step': ({ engine, random, symbols }) => {
    const symbol = pick(random, symbols);
    const last = nextPrice(engine, symbol, random);
    engine.movePrice(symbol, { last, mark: last, index: last });
  },
  'limit entry': (scene) => {
    const { engine, random } = scene;
    const { account, symbol, side } = draw(scene);
    const price = away(engine, symbol, side, 0.001 + random() * 0.01);
    const stopLoss = away(engine, symbol, side, 0.03);
    engine.placeOrder(account, request(symbol, side, { orderType: 'Limit', price, stopLoss }));
  },
  'market order': (scene) => {
    const { account, symbol, side } = draw(scene);
    const stopLoss = away(scene.engine, symbol, side, 0.03);
    scene.engine.placeOrder(account, request(symbol, side, { stopLoss }));
  },
  'take-profit': (scene) => {
    const { engine, random } = scene;
    const { account, symbol } = draw(scene);
    const side = account.positions.get(`${symbol}:0`)?.side === 'Buy' ? 'Sell' : 'Buy';
    const price = away(engine, symbol, side, 0.001 + random() * 0.02);
    engine.placeOrder(account, request(symbol, side, { orderType: 'Limit', price, reduceOnly: true }));
  },
  amend: (scene) => {
    const { account, order } = drawOrder(scene);
    if (order === undefined) return;
    const { symbol, orderId, side } = order;
    const price = away(scene.engine, symbol, side, 0.001 + scene.random() * 0.01);
    scene.engine.amendOrder(account, { symbol, orderId, orderLinkId: undefined }, { price });
  },
  cancel: (scene) => {
    const { account, order } = drawOrder(scene);
    if (order !== undefined)
      scene.engine.cancelOrder(account, { symbol: order.symbol, orderId: order.orderId, orderLinkId: undefined });
  },
  'trading stop': (scene) => {
    const { account, symbol } = draw(scene);
    const side = account.positions.get(`${symbol}:0`)?.side || 'Buy';
    const stopLoss = away(scene.engine, symbol, side, 0.02 + scene.random() * 0.01);
    scene.engine.setTradingStop(account, { symbol, positionIdx: 0, tpslMode: 'Full', stopLoss });
  },
};

interface Draw {
  readonly account: Account;
  readonly symbol: string;
  readonly side: Side;
}

/** An account and a symbol on which it has room for more; with too many orders there the oldest goes. */
function draw({ engine, random, accounts, symbols }: Scene): Draw {
  const [account, symbol] = [pick(random, accounts), pick(random, symbols)];
  const working = [...account.open].filter((order) => order.symbol === symbol && order.orderType === 'Limit');
  const [oldest] = working;
  if (oldest !== undefined && working.length >= MOST_WORKING) {
    engine.cancelOrder(account, { symbol, orderId: oldest.orderId, orderLinkId: undefined });
  }
  return { account, symbol, side: random() < 0.5 ? 'Buy' : 'Sell' };
}

function drawOrder({ random, accounts }: Scene): { account: Account; order: Order | undefined } {
  const account = pick(random, accounts);
  const limits = [...account.open].filter(({ orderType }) => orderType === 'Limit');
  return { account, order: limits[Math.floor(random() * limits.length)] };
}

function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('an empty list');
  return item;
}

/** The next price: a small step, and beyond 10 % from where it began a step back. */
function nextPrice(engine: Engine, symbol: string, random: Random): Decimal {
  const { last } = engine.venue.instruments.get(symbol) ?? { last: START };
  const share = random() * MOST_STEP;
  if (last > (START * 11n) / 10n) return moved(engine, symbol, -share);
  if (last < (START * 9n) / 10n) return moved(engine, symbol, share);
  return moved(engine, symbol, random() < 0.5 ? share : -share);
}

/** A price on the resting side of the market: below it for a Buy. */
function away(engine: Engine, symbol: string, side: Side, share: number): Decimal {
  return moved(engine, symbol, side === 'Buy' ? -share : share);
}

function moved(engine: Engine, symbol: string, share: number): Decimal {
  const instrument = engine.venue.instruments.get(symbol);
  if (instrument === undefined) throw new Error(`no instrument ${symbol}`);
  const price = (instrument.last * BigInt(Math.round((1 + share) * 1e6))) / 1_000_000n;
  return max(floorTo(price, instrument.tickSize), instrument.tickSize);
}

const QTY = decimal('1');

function request(symbol: string, side: Side, fields: Partial<OrderRequest>): OrderRequest {
  return { ...plainOrder, symbol, side, orderType: 'Market', qty: QTY, positionIdx: 0, ...fields };
}

main();
