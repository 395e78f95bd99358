import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decimal } from '../../src/engine/decimal.ts';
import { startSimulator } from '../../src/index.ts';
import { readFlags } from '../../src/flags.ts';
import { exchange, SYMBOL } from '../exchange-client.ts';
import type { Exchange } from '../exchange-client.ts';

async function lastPrice(at: Exchange): Promise<unknown> {
  const { body } = await at.get('market/tickers', { category: 'linear', symbol: SYMBOL });
  return body.result.list?.[0]?.['lastPrice'];
}

describe('POST /sim/prices', () => {
  test('replays a CSV, tells what runs, and ends it', async () => {
    await using at = await exchange({ clock: 'virtual' });
    const csv = 'time,price\n0,101\n60000,102\n120000,103\n';
    const started = await at.sim('POST', 'prices', { source: 'replay', symbol: SYMBOL, csv, speed: 60 });
    expect(started.body).toEqual({ sources: [{ source: 'replay', symbols: [SYMBOL], nextAtMs: expect.any(Number) }] });
    await at.sim('POST', 'clock', { advanceMs: 1_000 });
    expect(await lastPrice(at)).toBe('102.0');
    expect((await at.sim('DELETE', 'prices')).body).toEqual({ sources: [] });
    await at.sim('POST', 'clock', { advanceMs: 1_000 });
    expect(await lastPrice(at)).toBe('102.0');
  });

  test('walks and plays scripts', async () => {
    await using at = await exchange({ clock: 'virtual' });
    const moves = [
      { atMs: 0, price: '150' },
      { atMs: 10_000, price: '160', move: 'linear' },
    ];
    await at.sim('POST', 'prices', { source: 'script', symbol: SYMBOL, moves });
    await at.sim('POST', 'clock', { advanceMs: 5_000 });
    expect(await lastPrice(at)).toBe('155.0');
    const walking = await at.sim('POST', 'prices', { source: 'walk', stepMs: 100, volatilityPctPerMinute: 20 });
    expect(walking.body).toEqual({ sources: [{ source: 'walk', symbols: [SYMBOL], nextAtMs: expect.any(Number) }] });
    await at.sim('POST', 'clock', { advanceMs: 10_000 });
    expect(await lastPrice(at)).not.toBe('155.0');
    expect((await at.sim('POST', 'prices', { stop: true })).body).toEqual({ sources: [] });
    expect((await at.sim('GET', 'prices')).body).toEqual({ sources: [] });
  });

  test('a straight line may have as many points as are allowed', async () => {
    await using at = await exchange({ clock: 'virtual' });
    const moves = [{ atMs: 9_900_000, price: '200', move: 'linear' }];
    const { status } = await at.sim('POST', 'prices', { source: 'script', symbol: SYMBOL, everyMs: 10, moves });
    expect(status).toBe(200);
    await at.sim('POST', 'clock', { advanceMs: 100_000 });
    expect(await lastPrice(at)).toBe('101.0');
  });

  test.each([
    [{ source: 'tea' }, 'source'],
    [{ source: 'replay', symbol: SYMBOL, csv: 'time,price\n1,x\ny,1\n' }, 'line 2: price "x" is not a price'],
    [{ source: 'replay', symbol: SYMBOL, csv: 'time,price\n1,100.05\n' }, 'line 2: a price is off the tick'],
    [{ source: 'replay', symbol: 'NOPE', csv: 'time,price\n1,1\n' }, 'no instrument NOPE'],
    [{ source: 'walk', symbols: ['NOPE'] }, 'no instrument NOPE'],
    [{ source: 'walk', stepMs: 10, speed: 11 }, 'leaves less than 1 ms per step'],
    [{ source: 'script', symbol: SYMBOL, moves: [] }, 'moves'],
    [
      {
        source: 'script',
        symbol: SYMBOL,
        moves: [
          { atMs: 2, price: '1' },
          { atMs: 1, price: '1' },
        ],
      },
      'is before the move before it',
    ],
    [{ source: 'script', symbol: SYMBOL, moves: [{ atMs: 1, price: '0' }] }, 'is not a positive decimal'],
    [{ source: 'script', symbol: SYMBOL, moves: [{ atMs: 1e10, price: '1' }] }, 'more than a million points'],
    [{ source: 'walk', speed: 0 }, 'speed'],
    [{ source: 'walk', nonsense: 1 }, 'nonsense'],
    [{ stop: false }, 'source'],
  ])('refuses %o and leaves the prices alone', async (body, text) => {
    await using at = await exchange();
    const reply = await at.sim('POST', 'prices', body);
    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body).replaceAll('\\"', '"')).toContain(text);
    expect((await at.sim('GET', 'prices')).body).toEqual({ sources: [] });
  });
});

describe('--prices', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);
  const setup = { instruments: [{ symbol: 'BTCUSDT', tickSize: '0.1', qtyStep: '0.001', price: '100' }] };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prices-'));
    await writeFile(path('setup.json'), JSON.stringify(setup));
    await writeFile(path('BTCUSDT-60.csv'), 'start,open,high,low,close\n0,100,102,99,101\n3600000,101,103,100,102\n');
    await writeFile(path('BTCUSDT.csv'), 'time,price\n1,x\n2,100.01\ny,1\n');
    await writeFile(path('BTCUSDT_off.csv'), 'time,price\n1,100\n2,100.01\n');
    await writeFile(path('ETHUSDT.csv'), 'time,price\n1,100\n');
    await writeFile(path('walk.json'), JSON.stringify({ source: 'walk', seed: 3 }));
    await writeFile(path('bad.json'), '[');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const flags = (...more: string[]): ReturnType<typeof readFlags> =>
    readFlags(['--accounts', path('setup.json'), ...more]);

  test('plays a file from the start on, at the given speed, and again after a reset', async () => {
    const { config } = flags('--prices', path('BTCUSDT-60.csv'), '--speed', '3600', '--clock', 'virtual');
    await using at = await exchange(config);
    const bitcoinAt = async (advanceMs: number): Promise<unknown> => {
      await at.sim('POST', 'clock', { advanceMs });
      const { body } = await at.get('market/tickers', { category: 'linear', symbol: 'BTCUSDT' });
      return body.result.list?.[0]?.['lastPrice'];
    };
    expect([await bitcoinAt(0), await bitcoinAt(750), await bitcoinAt(1_000)]).toEqual(['100.0', '101.0', '102.0']);
    await at.sim('POST', 'reset');
    expect(await bitcoinAt(750)).toBe('101.0');
  });

  test('moves prices under a real clock before anybody has asked for anything', async () => {
    const { config } = flags('--prices', path('BTCUSDT-60.csv'), '--speed', '99999');
    const running = await startSimulator(config, 0);
    const { engine } = running.simulator;
    const bitcoin = engine.venue.instruments.get('BTCUSDT');
    await new Promise<void>((resolve) => {
      engine.onEvent(() => {
        if (engine.priceSources().length === 0) resolve();
      });
    });
    await running.close();
    expect(bitcoin?.last).toBe(decimal('102'));
  });

  test('takes a body of /sim/prices from a .json file', () => {
    expect(flags('--prices', path('walk.json'), '--speed', '2').config.prices).toMatchObject([
      { source: 'walk', seed: 3, speed: 2, stepMs: 500 },
    ]);
  });

  test.each([
    ['BTCUSDT.csv', ['line 2: price "x" is not a price', 'line 4: time "y" is not a time in milliseconds']],
    ['BTCUSDT_off.csv', ['line 3: a price is off the tick']],
    ['ETHUSDT.csv', ['no instrument ETHUSDT']],
    ['bad.json', ['is not a JSON object']],
    ['none.csv', ['cannot read']],
  ])('%s is refused with every fault', (name, faults) => {
    for (const fault of faults) expect(() => flags('--prices', path(name))).toThrow(fault);
  });

  test('a speed alone is refused', () => {
    expect(() => flags('--speed', '2')).toThrow('--speed: needs --prices');
    expect(() => flags('--prices', path('walk.json'), '--speed', '0')).toThrow('--speed');
  });
});
