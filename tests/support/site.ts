import { createHmac } from 'node:crypto';
import {
  parseOrderLinkId,
  toJson,
  type Exchange,
  type Lane,
  type LaneStates,
  type OrderRow,
  type Plan,
  type WriteOptions,
  type WriteReply,
} from '@backstop/core';
import { openReceipts, refreshAccount } from '@backstop/desk';
import {
  differences,
  findAnomalies,
  flushCache,
  outlook,
  readAccountFacts,
  readCheck,
  readMonitors,
  recordCheck,
  redisTimeMs,
  type MonitorRef,
} from '@backstop/store';
import type { DeskRig } from './desk-rig.ts';
import type { Seat } from './seat.ts';

/** One plan that the system has carried out, and the hands that reach past it: the exchange by key, the store by its verbs. */
export interface Site {
  readonly rig: DeskRig;
  readonly seat: Seat;
  readonly plan: Plan;
  readonly ref: MonitorRef;
  /** The account on the exchange, past desk, intents and fence. */
  readonly exchange: Exchange;
}

/** What writes past the desk are sent with. */
export function byHand(): WriteOptions {
  return { signal: AbortSignal.timeout(5_000), beforeSend: () => Promise.resolve() };
}

/** Reads whole accounts into an empty cache, as `--fresh` does. Rejects where one could not be read. */
export async function look({ rig, seat }: Pick<Site, 'rig' | 'seat'>, accounts = ['main', 'other']): Promise<void> {
  await flushCache(rig.redis);
  const parts = { exchangeOf: seat.exchangeOf, installation: seat.installation, receipts: openReceipts() };
  const deps = { ...parts, redis: rig.redis, wake: () => Promise.resolve() };
  for (const account of accounts) {
    const answer = await refreshAccount(account, AbortSignal.timeout(5_000), deps);
    if (answer !== 'read') throw new Error(`${account}: ${answer}`);
  }
}

/** What `backstop doctor` names now, sorted; with the account where it is not `main`. */
export async function named({ redis }: Pick<DeskRig, 'redis'>): Promise<readonly string[]> {
  const found = (await readAccountFacts(redis)).flatMap((facts) => findAnomalies(facts));
  return found
    .filter(({ name, account }) => name !== 'AccountUnread' || account === 'main')
    .map(({ name, account }) => (account === 'main' ? name : `${account} ${name}`))
    .toSorted();
}

/** What `backstop plan` wants changed now, as `verb item: reason`. Nothing is sent. */
export async function planned({ rig, seat }: Pick<Site, 'rig' | 'seat'>): Promise<readonly string[]> {
  const monitors = await readMonitors(rig.redis);
  return monitors.flatMap((monitor) => {
    const seen = outlook(monitor, seat.installation);
    if (seen === undefined) return ['unknown'];
    const changes = differences(monitor, seen).filter(({ verb }) => verb !== 'keep');
    return changes.map(({ verb, item, reason }) => `${verb} ${item}: ${reason}`);
  });
}

/** Books the executions and ends there: what a worker leaves that dies between reading and deciding. */
export async function diesBeforeDeciding({ rig, seat, ref }: Site): Promise<void> {
  await flushCache(rig.redis);
  await seat.facts(seat.claim(ref));
}

/** Changes a lane's state past `decide`, as an operator's or a restored copy would be. */
export async function rewriteState<L extends Lane>(
  { rig: { redis }, ref }: Site,
  lane: L,
  change: (before: LaneStates[L], nowMs: number) => Partial<LaneStates[L]>,
): Promise<void> {
  const { version, state } = (await readCheck(redis, ref, lane, 'by hand')).states[lane];
  if (state === undefined) throw new Error('the lane has no state');
  const changed = toJson({ ...state, ...change(state, await redisTimeMs(redis)) });
  const record = { ref, lane, token: 'by hand', version, state: changed, events: [], dueInMs: 0 };
  if ((await recordCheck(redis, record)) !== 'recorded') throw new Error('somebody else recorded');
}

/** A signed request of another program on the same account: what the port of ours does not offer. */
export async function otherProgram({ rig: { venue } }: Site, path: string, body: object): Promise<void> {
  const { apiKey, secret } = venue.accounts[0] ?? { apiKey: '', secret: '' };
  const [text, stamp, window] = [JSON.stringify(body), `${Date.now()}`, '5000'];
  const sign = createHmac('sha256', secret).update(`${stamp}${apiKey}${window}${text}`).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-bapi-api-key': apiKey,
    'x-bapi-timestamp': stamp,
    'x-bapi-recv-window': window,
    'x-bapi-sign': sign,
  };
  const response = await fetch(`${venue.url}/v5/${path}`, { method: 'POST', headers, body: text });
  const { retCode, retMsg } = (await response.json()) as { retCode: number; retMsg: string };
  if (retCode !== 0) throw new Error(`${path}: ${retCode} ${retMsg}`);
}

/** What happens in the world beside our requests: a kind of `POST /sim/faults`, on the plan's position. */
export async function happens({ rig, ref }: Site, kind: string, fields: object = {}): Promise<void> {
  const { account, symbol, positionIdx } = ref;
  await strike(rig, { kind, account, symbol, positionIdx, ...fields });
}

/** A fault of `POST /sim/faults`. Throws where the simulator does not take it, or could not let it happen. */
export async function strike({ venue }: Pick<DeskRig, 'venue'>, fault: object): Promise<void> {
  const response = await fetch(`${venue.url}/sim/faults`, {
    method: 'POST',
    body: JSON.stringify({ faults: [fault] }),
  });
  const { faults = [], ...refused } = (await response.json()) as { faults?: readonly { problem?: string }[] };
  const problem = faults.at(-1)?.problem;
  if (!response.ok || problem !== undefined)
    throw new Error(`${JSON.stringify(fault)}: ${problem ?? JSON.stringify(refused)}`);
}

/** A working order of the plan's leg on the exchange. */
export async function orderOf({ exchange, ref }: Site, leg: string): Promise<OrderRow> {
  const orders = await exchange.openOrders({ symbol: ref.symbol }, byHand());
  const order = orders.find(({ orderLinkId }) => parseOrderLinkId(orderLinkId)?.leg === leg);
  if (order === undefined) throw new Error(`no order works for ${leg}`);
  return order;
}

/** Throws where the exchange has refused a write that is to break something. */
export async function done(replies: Promise<WriteReply | readonly WriteReply[]>): Promise<void> {
  for (const reply of [await replies].flat()) if (!reply.ok) throw reply.error;
}
