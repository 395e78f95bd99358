import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openInProcess } from '../../src/index.ts';
import type { InProcessSimulator, SimulatorConfig } from '../../src/index.ts';
import type { Simulator } from '../../src/simulator.ts';
import { exchange, KEY, SECRET, SYMBOL } from '../exchange-client.ts';
import { authFrame, connect } from './socket.ts';

const PRIVATE = 'ws://venue/v5/private';
const SOON = { timeout: 10_000, interval: 5 };
const TOPICS = ['order', 'position', 'execution'];

/** One private connection, whatever carries it. */
interface Wire {
  readonly simulator: Simulator;
  readonly control: (route: string, body: object) => Promise<unknown>;
  readonly send: (text: string) => void;
  readonly texts: readonly string[];
  readonly closed: Promise<unknown>;
}

/** What a client says and what happens to it, step by step: each one waits until nothing is on its way any more. */
async function play({ simulator, control, send, texts, closed }: Wire): Promise<readonly string[]> {
  let steps = 0;
  const settle = async (): Promise<void> => {
    steps += 1;
    await expect.poll(() => (simulator.streams.nextDueMs() ?? 0) - Date.now(), SOON).toBeGreaterThan(5_000); // the idle tick
    send(JSON.stringify({ op: 'ping', req_id: `step-${steps}` }));
    await expect.poll(() => texts.some((text) => text.includes(`"step-${steps}"`)), SOON).toBe(true);
  };
  const say = async (frame: object | string): Promise<void> => {
    send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    await settle();
  };
  const fault = (kind: string, rest: object = {}): Promise<unknown> =>
    control('faults', { faults: [{ kind, count: 1, ...rest }] });
  const buy = async (rest: object = {}): Promise<void> => {
    await control('orders', { account: 'main', symbol: SYMBOL, side: 'Buy', qty: '1', orderType: 'Market', ...rest });
    await settle();
  };
  for (const frame of [
    'rubbish',
    { op: 'nonsense' },
    { op: 'subscribe', args: TOPICS },
    authFrame({ secret: 'wrong' }),
  ])
    await say(frame);
  await fault('auth-silent');
  await say(authFrame());
  for (const frame of [authFrame(), { op: 'subscribe', args: ['order', 'order.linear'] }]) await say(frame);
  for (const req_id of [1, 'again']) await say({ op: 'subscribe', args: TOPICS, req_id });
  await buy();
  for (const kind of ['frame-dropped', 'frame-duplicated', 'frame-reordered', 'unknown-field', 'unknown-enum']) {
    await fault(kind, { endpoint: 'execution' });
    await buy();
  }
  await fault('frame-delayed', { endpoint: 'execution', ms: 40 });
  await buy();
  await say({ op: 'unsubscribe', args: ['position'] });
  await buy({ orderType: 'Limit', price: '90' });
  await fault('socket-cut');
  await closed;
  return texts.map((text) => text.replaceAll(/(?<!\d)\d{13}(?!\d)/g, 'a time'));
}

async function overNetwork(): Promise<readonly string[]> {
  await using venue = await exchange();
  using socket = await connect(venue.url, '/v5/private');
  return await play({
    simulator: venue.simulator,
    control: (route, body) => venue.sim('POST', route, body),
    send: socket.send,
    texts: socket.texts,
    closed: socket.closed,
  });
}

/** The same exchange as that of `exchange`, without a network. */
async function openVenue(config: Partial<SimulatorConfig> = {}): Promise<InProcessSimulator & Disposable> {
  const setup = { accounts: [], instruments: [] };
  const venue = openInProcess({ seed: 7, latencyMs: 0, limits: 'off', setup, ...config });
  await venue.control('POST accounts', { accounts: [{ name: 'main', apiKey: KEY, secret: SECRET }] });
  const instrument = { symbol: SYMBOL, tickSize: '0.1', qtyStep: '0.1', price: '100' };
  await venue.control('POST instruments', { instruments: [instrument] });
  return { ...venue, [Symbol.dispose]: venue.close };
}

/** A socket, with everything that it was told. */
function plug(venue: InProcessSimulator, url = PRIVATE): Pick<Wire, 'send' | 'texts'> & Plugged {
  const socket = venue.connect(url);
  const told: string[] = [];
  const texts: string[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: closed, resolve: close } = Promise.withResolvers<unknown>();
  socket.listen({
    opened: () => {
      told.push('opened');
      open();
    },
    received: (text) => {
      told.push('received');
      texts.push(text);
    },
    closed: (httpStatus) => {
      told.push('closed');
      close(httpStatus);
    },
  });
  return { send: socket.send, terminate: socket.terminate, told, texts, opened, closed };
}

interface Plugged {
  readonly terminate: () => void;
  readonly told: readonly string[];
  readonly opened: Promise<void>;
  readonly closed: Promise<unknown>;
}

/** What was told by so many ms from now, under a simulated clock. */
async function after(ms: number, { told }: Plugged): Promise<readonly string[]> {
  await vi.advanceTimersByTimeAsync(ms);
  return [...told];
}

test('a private stream in this process says the same as one over the network, to the letter', async () => {
  using venue = await openVenue();
  const socket = plug(venue);
  await socket.opened;
  const { simulator, control } = venue;
  const inProcess = await play({ ...socket, simulator, control: (route, body) => control(`POST ${route}`, body) });

  expect(inProcess.length).toBeGreaterThan(40);
  expect(inProcess).toEqual(await overNetwork());
});

test('a handshake is refused with the status that a real one is', async () => {
  using venue = await openVenue({ limits: 'real' });
  await venue.control('POST options', { limits: { socketsPerWindow: 1 } });

  expect(await plug(venue, 'ws://venue/v5/nowhere').closed).toBe(404);
  await plug(venue).opened;
  const refused = plug(venue);
  expect(await refused.closed).toBe(403);
  expect(refused.told).toEqual(['closed']);
});

describe('under a simulated clock', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('the handshake and each answer take the latency, a frame half of it', async () => {
    using venue = await openVenue({ latencyMs: 40 });
    const socket = plug(venue);
    expect(await after(39, socket)).toEqual([]);
    expect(await after(1, socket)).toEqual(['opened']);
    socket.send(JSON.stringify(authFrame()));
    expect(await after(39, socket)).toHaveLength(1);
    expect(await after(1, socket)).toHaveLength(2);
    socket.send(JSON.stringify({ op: 'subscribe', args: ['execution'] }));
    expect(await after(40, socket)).toHaveLength(3);
    await venue.control('POST orders', { account: 'main', symbol: SYMBOL, side: 'Buy', qty: '1', orderType: 'Market' });
    expect(await after(21, socket)).toHaveLength(3);
    expect(await after(1, socket)).toHaveLength(4); // 2 ms until it is made
  });

  test('nothing is told in the turn of a call, nor after the client has ended it', async () => {
    using venue = await openVenue();
    const early = plug(venue);
    early.terminate();
    const socket = plug(venue);
    expect(socket.told).toEqual([]);
    expect(await after(10, socket)).toEqual(['opened']);
    socket.send('{"op":"ping"}');
    expect(socket.told).toEqual(['opened']);
    expect(await after(10, socket)).toEqual(['opened', 'received']);
    socket.send('{"op":"ping"}');
    socket.terminate();
    expect(await after(1_000, socket)).toHaveLength(2);
    expect(early.told).toEqual([]);
    expect(venue.simulator.streams.tally.opened).toBe(1);
    expect(venue.simulator.streams.registry.connections.size).toBe(0);
  });

  test('what was sent before a cut arrives before its end does', async () => {
    using venue = await openVenue();
    const socket = plug(venue);
    await after(10, socket);
    const [connection] = venue.simulator.streams.registry.connections;
    connection?.send('last words', Date.now());
    connection?.cut();
    expect(await after(10, socket)).toEqual(['opened', 'received', 'closed']);
    expect(socket.texts).toEqual(['last words']);
  });

  test('a half-open socket tells nothing more, and its end is not noticed on either side', async () => {
    using venue = await openVenue();
    const socket = plug(venue);
    await after(10, socket);
    await venue.control('POST faults', { faults: [{ kind: 'half-open' }] });
    socket.send('{"op":"ping"}');
    expect(await after(700_000, socket)).toEqual(['opened']);
    socket.terminate();
    expect(await after(700_000, socket)).toEqual(['opened']);
    expect(venue.simulator.streams.registry.connections.size).toBe(1);
  });

  test('at the end of the exchange every socket ends, and no new one opens', async () => {
    const venue = await openVenue();
    const socket = plug(venue);
    await after(10, socket);
    venue.close();
    const late = plug(venue);
    expect(await after(10, socket)).toEqual(['opened', 'closed']);
    expect(late.told).toEqual(['closed']);
  });
});
