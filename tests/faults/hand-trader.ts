import type { InProcessSimulator } from '@backstop/simulator';
import type { Random } from './random.ts';

const EVERY_MS = 400;
const MOST_RESTING = 12;
/** Orders rest so far below and above 100, in ticks of 0.01. */
const LEAST_TICKS = 1;
const MOST_TICKS = 300;

export interface HandTrader {
  /** What was accepted so far, in its order. */
  readonly done: readonly string[];
  readonly stop: () => void;
}

/**
 * Somebody who trades on an account by hand, a step every 0.4 s: orders at the market and at limits, cancels, and a stop that comes,
 * moves and goes. Prices walk meanwhile, around 100.
 */
export function openHandTrader(
  venue: InProcessSimulator,
  { account, symbol }: { readonly account: string; readonly symbol: string },
  random: Random,
): HandTrader {
  const done: string[] = [];
  const resting: string[] = [];
  const attempt = async (route: string, body: object): Promise<unknown> => {
    try {
      const reply = await venue.control(route, { account, symbol, ...body });
      done.push(`${route} ${JSON.stringify(body)}`);
      return reply;
    } catch {
      return undefined; // refused, or it has ended meanwhile
    }
  };
  const place = async (): Promise<void> => {
    const side = random.pick(['Buy', 'Sell']);
    const qty = `${random.int(1, 9)}`;
    const ticks = random.int(LEAST_TICKS, MOST_TICKS) * (side === 'Buy' ? -1 : 1);
    const limit = { orderType: 'Limit', price: (100 + ticks / 100).toFixed(2) };
    const order = { side, qty, ...(random.chance(40) ? { orderType: 'Market' } : limit) };
    const reply = await attempt('POST orders', order);
    if (hasOrderId(reply)) resting.push(reply.orderId);
  };
  const fault = (kind: string, rest: object = {}): Promise<unknown> =>
    venue.control('POST faults', { faults: [{ kind, account, symbol, ...rest }] });
  const step = async (): Promise<void> => {
    const dice = random.int(1, 100);
    if (dice <= 12) await fault('manual-move-stop', { stop: `${random.int(60, 90)}` });
    else if (dice <= 16) await fault('manual-cancel-stop');
    else if (dice <= 20) await fault('manual-close');
    else if (dice <= 40 || resting.length > MOST_RESTING) {
      const [orderId] = resting.splice(random.int(0, Math.max(0, resting.length - 1)), 1);
      if (orderId !== undefined) await attempt('POST orders/cancel', { orderId });
    } else await place();
  };
  const steps = setInterval(() => void step(), EVERY_MS);
  return { done, stop: () => clearInterval(steps) };
}

function hasOrderId(reply: unknown): reply is { readonly orderId: string } {
  return typeof reply === 'object' && reply !== null && 'orderId' in reply && typeof reply.orderId === 'string';
}
