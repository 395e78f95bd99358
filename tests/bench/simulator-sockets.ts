import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { startMarket, type Market } from './market.ts';
import { median, percentile } from './median.ts';
import { openShooter } from './raw-http.ts';
import { cpuSeconds } from './read-cpu.ts';

const SOCKETS = 500;
const EVENTS_PER_SECOND = 100;
const MEASURE_MS = 10_000;
const AT_ONCE = 25;
const TOPICS = ['order', 'execution', 'position', 'wallet'];
/** For the last frames. */
const SETTLE_MS = 500;

export interface SocketFigures {
  readonly sockets: number;
  readonly eventsPerSecond: number;
  /** Frames that the simulator says it sent, and that arrived. */
  readonly expected: number;
  readonly delivered: number;
  readonly perSecond: number;
  /** From a frame's creationTime to its arrival, one clock; whole milliseconds. */
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly serverCores: number;
  readonly openMs: number;
}

/** 500 private sockets, one per account, on all four topics, while 100 market orders a second fill on accounts in turn. */
export async function measureSockets(): Promise<SocketFigures> {
  await using market = await startMarket({ accounts: SOCKETS, symbols: 1 });
  const lags: number[] = [];
  const openedMs = performance.now();
  const sockets: WebSocket[] = [];
  for (let first = 0; first < SOCKETS; first += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, index) => openStream(market, first + index, lags));
    sockets.push(...(await Promise.all(batch)));
  }
  const openMs = Math.round(performance.now() - openedMs);

  const before = await framesSent(market);
  const [startedMs, cpuBefore] = [performance.now(), await cpuSeconds(market.pid)];
  const events = await trade(market);
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = (await cpuSeconds(market.pid)) - cpuBefore;
  await pause(SETTLE_MS);
  const expected = (await framesSent(market)) - before;
  for (const socket of sockets) socket.close();
  return {
    sockets: SOCKETS,
    eventsPerSecond: Math.round(events / seconds),
    expected,
    delivered: lags.length,
    perSecond: Math.round(lags.length / seconds),
    lagP50Ms: median(lags),
    lagP99Ms: percentile(lags, 99),
    serverCores: Number((cpu / seconds).toFixed(2)),
    openMs,
  };
}

/** Resolves when the subscription is acknowledged; from then on the lag of each frame goes into `lags`. */
function openStream({ url }: Market, index: number, lags: number[]): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http:', 'ws:')}/v5/private`);
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error(`socket ${index} was refused`)));
    socket.addEventListener('close', ({ code }) => reject(new Error(`socket ${index} was closed: ${code}`)));
    socket.addEventListener('open', () => {
      const expires = Date.now() + 10_000;
      const sign = createHmac('sha256', `secret-${index}`).update(`GET/realtime${expires}`).digest('hex');
      socket.send(JSON.stringify({ op: 'auth', args: [`key-${index}`, expires, sign] }));
      socket.send(JSON.stringify({ op: 'subscribe', args: TOPICS }));
    });
    socket.addEventListener('message', ({ data }: { data: string }) => {
      const created = /"creationTime":(\d+)/.exec(data)?.[1];
      if (created !== undefined) lags.push(Date.now() - Number(created));
      else if (data.includes('"op":"subscribe"')) resolve(socket);
      else if (data.includes('"success":false')) reject(new Error(data));
    });
  });
}

/** Buys and sells by turns; returns how many orders it sent. Each fills at once. */
async function trade({ url, symbols }: Market): Promise<number> {
  const shooter = await openShooter(url);
  const startedMs = performance.now();
  const count = (MEASURE_MS / 1_000) * EVENTS_PER_SECOND;
  for (let event = 0; event < count; event += 1) {
    const dueMs = startedMs + (event * 1_000) / EVENTS_PER_SECOND;
    await pause(Math.max(0, dueMs - performance.now()));
    const index = event % SOCKETS;
    const side = Math.floor(event / SOCKETS) % 2 === 0 ? 'Buy' : 'Sell';
    const order = { category: 'linear', symbol: symbols[0], side, orderType: 'Market', qty: '1' };
    const key = { apiKey: `key-${index}`, secret: `secret-${index}` };
    const reply = await shooter.send(key, { path: 'order/create', body: JSON.stringify(order) });
    if (!reply.startsWith('{"retCode":0,')) throw new Error(reply);
  }
  shooter.close();
  return count;
}

async function framesSent({ url }: Market): Promise<number> {
  const truth = (await (await fetch(`${url}/sim/truth`)).json()) as { streams?: { frames: { sent: number }[] } };
  return (truth.streams?.frames ?? []).reduce((sum, { sent }) => sum + sent, 0);
}
