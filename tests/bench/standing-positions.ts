import { format, formatOrderLinkId, type Plan, type TakeProfit } from '@backstop/core';
import { ladder, marketEntry } from '@backstop/core/testing';
import { planOn } from '../support/plans.ts';
import type { Market } from './market.ts';
import { openShooter, type Key, type Shooter } from './raw-http.ts';

/** Under which letters the orders of standing positions are known. */
export const LETTERS = 'bch';

const CONNECTIONS = 16;
/** Of 1, so that a take-profit's share is its quantity. */
const QTY = '1';
const STOP = '90';
/** Far from the market at 100: nothing fills by itself. */
const TAKE_PROFIT = '200';

/** One plan for each position of a market: `symbols` of them on each account, a long of 1 from 100 under a stop at 90. */
export function standingPlans({ accounts, symbols }: Pick<Market, 'accounts' | 'symbols'>): readonly Plan[] {
  const shape = { entries: [marketEntry(QTY)], takeProfits: ladder([TAKE_PROFIT, 100]) };
  return accounts.flatMap((account) => symbols.map((symbol) => planOn(account, 0, { symbol, ...shape })));
}

/**
 * Puts the exchange into the state in which Backstop leaves it: each plan's position is open, its take-profit rests, and its
 * stop stands unless `isBare` says that it is missing. By signed requests past Backstop, with its ids, while no limits hold.
 */
export async function standPositions(
  { url, accounts }: Market,
  plans: readonly Plan[],
  isBare: (plan: Plan) => boolean = () => false,
): Promise<void> {
  const keys = new Map(accounts.map((name, at) => [name, { apiKey: `key-${at}`, secret: `secret-${at}` }]));
  const left = [...Map.groupBy(plans, ({ account }) => account)];
  const work = async (): Promise<void> => {
    const shooter = await openShooter(url);
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [account, own] = next;
      const key = keys.get(account) ?? { apiKey: '', secret: '' };
      for (const plan of own) await stand(shooter, key, { plan, bare: isBare(plan) });
    }
    shooter.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

/** Turns the exchange's limits on, as they are, or off. */
export async function setLimits({ url }: Pick<Market, 'url'>, enabled: boolean): Promise<void> {
  await post(url, 'options', { limits: { enabled } });
}

/** Asks the simulator's control path; throws with its refusal. */
export async function post(url: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${url}/sim/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`/sim/${path}: ${await response.text()}`);
}

interface Stand {
  readonly plan: Plan;
  readonly bare: boolean;
}

async function stand(shooter: Shooter, key: Key, { plan, bare }: Stand): Promise<void> {
  const base = { category: 'linear', symbol: plan.symbol, positionIdx: 0, qty: QTY };
  const entry = { ...base, side: 'Buy', orderType: 'Market', orderLinkId: linkId(plan, 'e0') };
  await create(shooter, key, bare ? entry : { ...entry, stopLoss: STOP });
  for (const { leg, price, share } of plan.takeProfits) {
    const profit = {
      ...base,
      qty: format(share),
      side: 'Sell',
      orderType: 'Limit',
      price: format(price),
      reduceOnly: true,
    };
    await create(shooter, key, { ...profit, orderLinkId: linkId(plan, leg) });
  }
}

async function create(shooter: Shooter, key: Key, order: object): Promise<void> {
  const reply = await shooter.send(key, { path: 'order/create', body: JSON.stringify(order) });
  if (!reply.startsWith('{"retCode":0,')) throw new Error(`order/create: ${reply}`);
}

function linkId({ id: planId }: Plan, leg: 'e0' | TakeProfit['leg']): string {
  return formatOrderLinkId({ installation: LETTERS, planId, leg, restoreEpoch: 0, generation: 0 });
}
