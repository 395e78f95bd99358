import { expect, test } from 'vitest';
import { free } from './connect.ts';
import { describeExchange } from './contract.ts';
import { startSimulator } from './simulator.ts';
import { TradingSession } from './trading-session.ts';

describeExchange('the simulator', () => startSimulator());

test('orders of a batch beyond the rate limit are refused one by one, with the time to come back', async () => {
  await using venue = await startSimulator('real');
  const session = new TradingSession(venue);
  const account = await session.fresh();
  const specs = Array.from({ length: 12 }, () => session.order());
  const replies = await account.createOrders(specs, free());

  expect(replies.filter(({ ok }) => ok).length).toBe(10);
  const late = replies.slice(10).map((reply) => (reply.ok ? undefined : reply.error));
  expect(late.map((error) => error?.reason)).toEqual(['rate-limited', 'rate-limited']);
  for (const error of late) {
    expect(error?.retryAfterMs).toBeGreaterThan(0);
    expect(error?.retryAfterMs).toBeLessThanOrEqual(1_000);
  }
  expect((await session.working(account)).length).toBe(10);
});
