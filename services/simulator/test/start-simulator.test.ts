import { afterEach, expect, test, vi } from 'vitest';
import { exchange, order, SYMBOL } from './exchange-client.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('what is due in three hundred years is waited for in one timer', async () => {
  await using venue = await exchange();
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await venue.sim('POST', 'faults', { faults: [{ kind: 'gap', symbol: SYMBOL, percent: 1, fromMs: 1e13 }] });
  expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([2_147_483_647]);
});

test('a request that is under way when it closes has its effect and wakes nothing up', async () => {
  const venue = await exchange();
  await venue.sim('POST', 'walk', { stepMs: 10 });
  await venue.sim('POST', 'faults', { faults: [{ kind: 'latency', ms: 20, endpoint: 'order/create' }] });
  const { faults, engine } = venue.simulator;
  const strike = vi.spyOn(faults, 'strike');
  const arrived = new Promise<void>((resolve) => {
    strike.mockImplementationOnce((request) => {
      resolve();
      strike.mockRestore();
      return faults.strike(request);
    });
  });
  const happened = new Promise<void>((resolve) => {
    engine.onEvent(({ type }) => {
      if (type === 'order') resolve();
    });
  });
  const reply = venue.post('order/create', order({})).catch((error: unknown) => error);
  await arrived;
  await venue[Symbol.asyncDispose]();
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await happened;
  expect(timers).not.toHaveBeenCalled();
  expect(await reply).toBeInstanceOf(Error);
});
