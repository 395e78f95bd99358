import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runProgram } from '../src/program.ts';
import { QUESTIONS } from '../src/probe/questions.ts';
import { startSimulator } from './simulator.ts';
import type { Simulator } from './simulator.ts';

const KEYS = { BACKSTOP_DEMO_KEY: 'demo-key', BACKSTOP_DEMO_SECRET: 'demo-secret' };
const SYMBOL = 'XRPUSDT';
const setup = {
  accounts: [{ name: 'demo', apiKey: 'demo-key', secret: 'demo-secret' }],
  instruments: [
    { symbol: SYMBOL, tickSize: '0.0001', qtyStep: '0.1', minOrderQty: '0.1', price: '2.5' },
    { symbol: 'OTHERUSDT', tickSize: '0.01', qtyStep: '0.1', price: '100' },
  ],
};

const truthBody = z.object({
  openOrders: z.array(z.object({ symbol: z.string(), orderId: z.string() })),
  positions: z.array(z.object({ symbol: z.string(), size: z.string(), closedAtMs: z.number().optional() })),
  requestTotals: z.record(z.string(), z.number()),
});

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator(setup);
});

afterAll(async () => {
  await simulator[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await simulator.sim('POST', 'reset');
});

interface Asked {
  readonly lines: readonly string[];
  /** The cells of the table by question. */
  readonly answers: ReadonlyMap<string, { observed: string; value: string; assumed: string; verdict: string }>;
}

async function ask(
  args: readonly string[] = [],
  { env = KEYS, signal = AbortSignal.timeout(25_000) } = {},
): Promise<Asked> {
  const lines: string[] = [];
  const print = (text: string): void => void lines.push(...text.split('\n'));
  const context = { env, signal, print, warn: print };
  await runProgram(['probe', '--url', simulator.url, ...args], context);
  const rows = lines.slice(2).map((line) => line.split(/ {2,}/));
  const answers = rows.map(
    ([question = '', observed = '', , value = '', assumed = '', verdict = '']) =>
      [question, { observed, value, assumed, verdict }] as const,
  );
  return { lines, answers: new Map(answers) };
}

async function truth(): Promise<z.output<typeof truthBody>> {
  return truthBody.parse(await simulator.sim('GET', 'truth'));
}

describe('what the simulator does is what the probe reads', () => {
  test('unchanged, every question is answered with what is assumed, and nothing stays behind', async () => {
    await simulator.sim('POST', 'prices', { source: 'walk', stepMs: 10, volatilityPctPerMinute: 2, markPct: 0.2 });
    const { answers } = await ask();
    expect([...answers.keys()]).toEqual(QUESTIONS.map(({ question }) => question));
    const others = [...answers].filter(([, { verdict }]) => verdict !== '');
    expect(others).toEqual([]);
    const { openOrders, positions } = await truth();
    expect(openOrders).toEqual([]);
    expect(positions.filter(({ closedAtMs }) => closedAtMs === undefined)).toEqual([]);
  });

  test.each(QUESTIONS.filter(({ option }) => option !== ''))(
    'the simulator has the option $option, and takes $assumed for it',
    async ({ option, assumed }) => {
      const value: unknown = /^(?:true|false|\d+)$/.test(assumed) ? JSON.parse(assumed) : assumed;
      const [name = '', inner] = option.split('.');
      const options = { [name]: inner === undefined ? value : { [inner]: value } };
      await expect(simulator.sim('POST', 'options', options)).resolves.toMatchObject({ ok: true });
    },
  );

  test.each([
    [{ attachedStop: 'never' }, 'attached stop', 'never'],
    [{ closeOnTriggerNeedsCapacity: true }, 'closing market order', 'true'],
    [{ trimFirst: 'oldest' }, 'shrink first', 'oldest'],
    [{ trimFirst: 'newest' }, 'shrink first', 'newest'],
    [{ reduceOnlyExemptFromMinNotional: false }, 'least value', 'false'],
    [{ conditionalCancelStatus: 'Cancelled' }, 'user cancelled', 'Cancelled'],
    [{ protection: '0.02' }, 'protection price of', '0.02'],
    [{ limitBeyondBand: 'refuse' }, 'price band', 'refuse'],
    [{ endedOrderCode: 'by-status' }, 'code of a cancel', 'by-status'],
    [{ reduceOnlyAmendBeyond: 'refuse' }, 'beyond what is free', 'refuse'],
    [{ unchangedAmend: 'accept' }, 'changes nothing', 'accept'],
    [{ trailingResend: 'restart' }, 'trailing distance', 'restart'],
    [{ streams: { matchOrder: 'order-first' } }, 'which frame', 'order-first'],
    [{ streams: { mixedFrame: 'good-topics' } }, 'good topics', 'good-topics'],
    [{ streams: { subscribeBeforeAuthText: 'not now' } }, 'before auth', 'not now'],
    [{ limits: { refusedConsume: true } }, 'refused requests', 'true'],
    [{ limits: { refusedStatus: 403 } }, 'HTTP status', '403'],
    [{ offGridPrice: 'truncate' }, 'price off the grid', 'truncate'],
    [{ offGridQty: 'truncate' }, 'quantity off the grid', 'truncate'],
    [{ listingLimit: 'clamp' }, 'above a listing', 'clamp'],
    [{ openOnlyOne: 'with-open' }, 'openOnly=1', 'with-open'],
    [{ linkIdReuse: 'after-end' }, 'orderLinkId', 'after-end'],
    [{ partialOnRow: true }, 'Partial stops on', 'true'],
    [{ defaultTriggerBy: 'MarkPrice' }, 'default trigger', 'MarkPrice'],
    [{ missingTriggerDirection: 'derive' }, 'without triggerDirection', 'derive'],
    [{ omittedTriggerBy: 'LastPrice' }, 'omitted trigger', 'LastPrice'],
    [{ fullStopAmend: 'move' }, 'Full-mode stop', 'move'],
    [{ incompletePartialStop: 'not-modified' }, 'without a size', 'not-modified'],
    [{ waitingTrailing: 'shown' }, 'activation price', 'shown'],
    [{ updatedLagMs: 3 }, 'to its update', '3'],
    [{ gateOrder: 'timestamp-key-signature' }, "gate's checks", 'timestamp-key-signature'],
    [{ gateOrder: 'key-signature-timestamp' }, "gate's checks", 'key-signature-timestamp'],
  ])('with %j it says so', async (options, only, value) => {
    await simulator.sim('POST', 'options', options);
    const { answers } = await ask(['--only', only]);
    const [answer, ...more] = answers.values();
    expect(more).toEqual([]);
    expect(answer).toMatchObject({ value, verdict: 'DIFFERS' });
  });

  test.each(['mark', 'last'])(
    'with protectionBase %s it says so, as soon as mark and last price differ',
    async (base) => {
      await simulator.sim('POST', 'options', { protectionBase: base });
      await simulator.sim('POST', 'price', { symbol: SYMBOL, price: '2.5', mark: '2.53' });
      const { answers } = await ask(['--only', 'base of']);
      expect([...answers.values()]).toMatchObject([{ value: base }]);
    },
  );

  test.each(['oco', 'clear'])('with pairCancelType %s it says so, as soon as one half has triggered', async (type) => {
    await simulator.sim('POST', 'options', { pairCancelType: type });
    await simulator.sim('POST', 'walk', { stepMs: 10, volatilityPctPerMinute: 2 });
    const { answers } = await ask(['--only', 'Partial pair']);
    expect([...answers.values()]).toMatchObject([{ value: type }]);
  });

  test('in hedge mode it works on the long side', async () => {
    await simulator.sim('POST', 'accounts', { accounts: setup.accounts.map((one) => ({ ...one, mode: 'hedge' })) });
    const { answers } = await ask(['--only', 'position']);
    expect([...answers.values()].map(({ verdict }) => verdict)).toEqual(['', '', '']);
  });
});

describe('what it refuses', () => {
  test.each([
    'https://api.bybit.com',
    'https://api-testnet.bybit.com',
    'https://api.bytick.com',
    'http://api-demo.bybit.com',
    'https://api-demo.bybit.com:8443',
    'https://api-demo.bybit.com.example.com',
    'https://api-demo.bybit.com@example.com',
    'http://127.0.0.1@api.bybit.com',
    'http://127.0.0.1.example.com',
    'https://127.0.0.1',
    'simulator',
  ])('the address %s', async (url) => {
    await expect(ask(['--url', url])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('--url: expected https://api-demo.bybit.com, or a simulator'),
    });
  });

  test('missing keys, all faults at once, before anything is sent', async () => {
    await expect(
      ask(['--symbol', 'xrp'], { env: { ...KEYS, BACKSTOP_DEMO_KEY: '', BACKSTOP_DEMO_SECRET: '' } }),
    ).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/--symbol: [^]*BACKSTOP_DEMO_KEY: is not set[^]*BACKSTOP_DEMO_SECRET: is not set/),
    });
    expect((await truth()).requestTotals['all']).toBe(0);
  });

  test('a key that the exchange does not know, without repeating it', async () => {
    const env = { BACKSTOP_DEMO_KEY: 'mainnet-key', BACKSTOP_DEMO_SECRET: 'mainnet-secret' };
    const failure = await ask([], { env }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 1, message: expect.stringContaining('10003') });
    expect(String(failure)).not.toMatch(/mainnet-/);
  });

  test('an exchange that does not answer, in one sentence', async () => {
    await expect(ask(['--url', 'http://127.0.0.1:9'])).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^no answer from 127\.0\.0\.1:9: .+/),
    });
  });

  test.each([
    ['a position', { side: 'Buy', qty: '10', orderType: 'Market' }],
    ['an order', { side: 'Buy', qty: '10', orderType: 'Limit', price: '2' }],
  ])('a symbol with %s, and leaves it as it is', async (_, order) => {
    await simulator.sim('POST', 'orders', { account: 'demo', symbol: SYMBOL, ...order });
    const before = await truth();
    await expect(ask()).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('--symbol') });
    const after = await truth();
    expect([after.openOrders, after.positions]).toEqual([before.openOrders, before.positions]);
  });
});

describe('what it leaves alone', () => {
  test('positions and orders on other symbols', async () => {
    const other = { account: 'demo', symbol: 'OTHERUSDT', side: 'Buy', qty: '1' };
    await simulator.sim('POST', 'orders', { ...other, orderType: 'Market' });
    await simulator.sim('POST', 'orders', { ...other, orderType: 'Limit', price: '90' });
    await ask(['--only', 'closing market order']);
    const { openOrders, positions } = await truth();
    expect(openOrders.map(({ symbol }) => symbol)).toEqual(['OTHERUSDT']);
    expect(positions.filter(({ symbol }) => symbol === 'OTHERUSDT')).toMatchObject([{ size: '1' }]);
  });

  test('what somebody else opens on the symbol meanwhile is told, not closed', async () => {
    await simulator.sim('POST', 'faults', {
      faults: [{ kind: 'latency', endpoint: 'order/create', ms: 300, count: 1 }],
    });
    const left = { exitCode: 1, message: expect.stringContaining('is left with size 10') };
    const meanwhile = async (): Promise<void> => {
      await expect.poll(async () => (await truth()).requestTotals['all'] ?? 0).toBeGreaterThan(2);
      const order = { account: 'demo', symbol: SYMBOL, side: 'Buy', qty: '10', orderType: 'Market' };
      await simulator.sim('POST', 'orders', order);
    };
    await Promise.all([expect(ask(['--only', 'openOnly=1'])).rejects.toMatchObject(left), meanwhile()]);
    expect((await truth()).positions).toMatchObject([{ size: '10' }]);
  });

  test('interrupted in the middle of a question, it still takes back what it did', async () => {
    const stop = new AbortController();
    const asking = ask(['--only', 'Partial pair'], { signal: stop.signal });
    await expect.poll(async () => (await truth()).openOrders.length).toBe(2);
    stop.abort();
    const { answers } = await asking;
    expect(answers.size).toBe(1);
    const { openOrders, positions } = await truth();
    expect(openOrders).toEqual([]);
    expect(positions).toMatchObject([{ symbol: SYMBOL, closedAtMs: expect.any(Number) }]);
  });
});
