import { setTimeout as pause } from 'node:timers/promises';
import { startMarket, type Market } from './market.ts';
import { median, percentile } from './median.ts';
import { openShooter, type Key, type Shot, type Shooter } from './raw-http.ts';
import { cpuSeconds } from './read-cpu.ts';

const ACCOUNTS = 16;
const SYMBOLS = 5;
const WARM_MS = 2_000;
const MEASURE_MS = 8_000;
/** Resting orders of each account and symbol while it runs, so that listings list something. */
const LADDER = 4;

export interface RestFigures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of one core, kept busy by the simulator. */
  readonly serverCores: number;
  readonly serverMsPerRequest: number;
  readonly refused: number;
  readonly byEndpoint: Readonly<Record<string, number>>;
}

/** Signed requests over loopback, one connection per account, each with one request under way; limits are off. */
export async function measureRest(): Promise<RestFigures> {
  await using market = await startMarket({ accounts: ACCOUNTS, symbols: SYMBOLS });
  const clients = await Promise.all(market.accounts.map((_, index) => openClient(market, index)));
  const stop = new AbortController();
  const running = clients.map((client) => client.run(stop.signal));
  await pause(WARM_MS);
  for (const { tally } of clients) tally.clear();
  const [startedMs, cpuBefore] = [performance.now(), await cpuSeconds(market.pid)];
  await pause(MEASURE_MS);
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = (await cpuSeconds(market.pid)) - cpuBefore;
  stop.abort();
  await Promise.all(running);
  for (const client of clients) client.shooter.close();

  const calls = clients.flatMap(({ tally }) => [...tally.entries()]);
  const times = calls.flatMap(([, { ms }]) => ms);
  const byEndpoint: Record<string, number> = {};
  for (const [endpoint, { ms }] of calls) byEndpoint[endpoint] = (byEndpoint[endpoint] ?? 0) + ms.length;
  return {
    requestsPerSecond: Math.round(times.length / seconds),
    p50Ms: Number(median(times).toFixed(2)),
    p99Ms: Number(percentile(times, 99).toFixed(2)),
    serverCores: Number((cpu / seconds).toFixed(2)),
    serverMsPerRequest: Number(((1_000 * cpu) / times.length).toFixed(3)),
    refused: calls.reduce((sum, [, { refused }]) => sum + refused, 0),
    byEndpoint,
  };
}

interface Tally {
  readonly ms: number[];
  refused: number;
}

interface Client {
  readonly shooter: Shooter;
  readonly tally: Map<string, Tally>;
  run: (signal: AbortSignal) => Promise<void>;
}

async function openClient(market: Market, index: number): Promise<Client> {
  const shooter = await openShooter(market.url);
  const key = { apiKey: `key-${index}`, secret: `secret-${index}` };
  const tally = new Map<string, Tally>();
  const send = async (shot: Shot): Promise<string> => {
    const startedMs = performance.now();
    const body = await shooter.send(key, shot);
    const endpoint = shot.path.split('?')[0] ?? '';
    const known = tally.get(endpoint) ?? { ms: [], refused: 0 };
    tally.set(endpoint, known);
    known.ms.push(performance.now() - startedMs);
    if (!body.startsWith('{"retCode":0,')) known.refused += 1;
    return body;
  };
  await buildLadders(shooter, key, market);
  return { shooter, tally, run: (signal) => work(send, market, signal) };
}

async function buildLadders(shooter: Shooter, key: Key, { symbols }: Market): Promise<void> {
  for (const symbol of symbols) {
    const entry = { category: 'linear', symbol, side: 'Buy', orderType: 'Market', qty: '4', stopLoss: '90' };
    await shooter.send(key, { path: 'order/create', body: JSON.stringify(entry) });
    for (let rung = 1; rung <= LADDER; rung += 1) {
      const profit = { ...entry, side: 'Sell', orderType: 'Limit', qty: '1', price: `${100 + rung}`, reduceOnly: true };
      await shooter.send(key, { path: 'order/create', body: JSON.stringify({ ...profit, stopLoss: undefined }) });
    }
  }
}

/** Seven reads and three writes in turn; the order it makes is amended and cancelled again. */
async function work(send: (shot: Shot) => Promise<string>, market: Market, signal: AbortSignal): Promise<void> {
  const linear = 'category=linear&settleCoin=USDT';
  for (let turn = 0; !signal.aborted; turn += 1) {
    const symbol = market.symbols[turn % market.symbols.length] ?? '';
    const on = { category: 'linear', symbol };
    await send({ path: `position/list?${linear}&limit=200` });
    await send({ path: `order/realtime?${linear}&limit=50` });
    const entry = { ...on, side: 'Buy', orderType: 'Limit', qty: '1', price: '95' };
    const created = await send({ path: 'order/create', body: JSON.stringify(entry) });
    const orderId = /"orderId":"([^"]+)"/.exec(created)?.[1] ?? '';
    await send({ path: `order/realtime?category=linear&symbol=${symbol}&orderId=${orderId}` });
    await send({ path: 'account/wallet-balance?accountType=UNIFIED' });
    await send({ path: 'order/amend', body: JSON.stringify({ ...on, orderId, price: '96' }) });
    await send({ path: `execution/list?category=linear&symbol=${symbol}&limit=50` });
    await send({ path: `position/list?category=linear&symbol=${symbol}` });
    await send({ path: 'order/cancel', body: JSON.stringify({ ...on, orderId }) });
    await send({ path: `order/history?category=linear&symbol=${symbol}&limit=20` });
  }
}
