import {
  adopt,
  format,
  initialState,
  toJson,
  type Adoption,
  type Decimal,
  type MonitorEvent,
  type Plan,
} from '@backstop/core';
import { TAKER_FEE_RATE } from '@backstop/intake';
import {
  bucketOf,
  getInstruments,
  getPlans,
  getPrices,
  listUnattended,
  outboxNonce,
  POSITIONS_TTL_MS,
  putPlans,
  type Unattended,
  type UnattendedList,
} from '@backstop/store';
import type { TaskDeps } from './task.ts';

type AdoptDeps = Pick<
  TaskDeps,
  'redis' | 'archive' | 'accounts' | 'refresh' | 'adoptionOf' | 'askedAtMs' | 'lives' | 'fleet' | 'log'
>;

export interface AdoptPace {
  /** An account is read for the sake of such positions when nobody has listed it for so long, ms. */
  readonly readEveryMs: number;
  /** From the first listing that showed a position, or our last write on its symbol, to the one that proves it, ms. */
  readonly provenAfterMs: number;
}

const PACE: AdoptPace = { readEveryMs: 30_000, provenAfterMs: 5_000 };
/** Older prices may be behind the market: a stop made from them could close the position. */
const PRICES_SERVE_FOR_MS = 15_000;
/** One position is given so many plans; if all of them have ended while it stands, something is wrong that no plan cures. */
const MOST_PLANS = 20;

/**
 * Gives positions that no plan attends a plan of their account's policy (S-22, S-23). Only with proof: two whole listings some
 * seconds apart have shown the same position, and nothing of ours was under way on its symbol between them. Accounts whose
 * policy is to ignore cost nothing; the others are read when nobody else reads them, and once more to prove what was found.
 */
export async function adoptPositions(deps: AdoptDeps, signal: AbortSignal, pace = PACE): Promise<void> {
  for (const account of deps.accounts) {
    if (signal.aborted) return;
    const adoption = deps.adoptionOf(account);
    if (adoption.mode === 'ignore') continue;

    await look(account, { ...deps, adoption, pace, signal }).catch((error: unknown) =>
      deps.log.warn({ account, err: error }, 'positions not adopted'),
    );
  }
}

interface LookDeps extends AdoptDeps {
  readonly adoption: Adoption;
  readonly pace: AdoptPace;
  readonly signal: AbortSignal;
}

async function look(account: string, deps: LookDeps): Promise<void> {
  // Redis lost its data, and the plans are not back yet: a position may well have one.
  if (deps.lives.get(bucketOf(account)) !== (await outboxNonce(deps.redis, bucketOf(account)))) return;

  const known = await listUnattended(deps.redis, account);
  const isDue = known.nowMs >= nextReadMs(known, deps.askedAtMs.get(account) ?? 0, deps.pace);
  if (isDue) {
    deps.askedAtMs.set(account, known.nowMs);
    await deps.refresh(account, deps.signal);
  }
  const { nowMs, positions } = isDue ? await listUnattended(deps.redis, account) : known;
  const found = positions.filter((one) => isProven(one, deps.pace) && nowMs - one.lastSeenMs < POSITIONS_TTL_MS);
  for (const one of found) await take(account, one, { ...deps, nowMs });
}

/** A position that waits for its proof is read when that can be had, once; otherwise an account is read when it grows old. */
function nextReadMs({ listedMs = 0, positions }: UnattendedList, askedMs: number, pace: AdoptPace): number {
  const proofs = positions.filter((one) => !isProven(one, pace)).map((one) => countsFromMs(one) + pace.provenAfterMs);
  const routineMs = Math.max(listedMs, askedMs) + pace.readEveryMs;
  return Math.min(routineMs, ...proofs.filter((atMs) => askedMs < atMs));
}

function isProven(one: Unattended, { provenAfterMs }: AdoptPace): boolean {
  return one.lastSeenMs - countsFromMs(one) >= provenAfterMs;
}

/** What we wrote on a symbol may still take effect, so that the count begins anew. */
function countsFromMs({ firstSeenMs, writtenMs = 0 }: Unattended): number {
  return Math.max(firstSeenMs, writtenMs);
}

async function take(account: string, found: Unattended, deps: LookDeps & { readonly nowMs: number }): Promise<void> {
  const plan = await planFor(account, found, deps);
  if (plan === undefined) return;

  const { mode } = deps.adoption;
  const { symbol, positionIdx, size, averagePrice } = found.position;
  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  const { accepted } = await putPlans(deps.redis, [{ plan, states, event: adoptedEvent(plan, mode) }]);
  if (accepted.length === 0) return; // somebody else was quicker
  deps.fleet.adoptedPositions.inc({ account, mode });
  const told = { account, symbol, positionIdx, side: plan.side, monitorId: plan.id, mode };
  deps.log.info({ ...told, ...texts({ size, averagePrice, stop: plan.stopLoss.triggerPrice }) }, 'position adopted');
}

/** undefined = the policy leaves it alone, or what its plan needs is not known now. */
async function planFor(
  account: string,
  { position, stopTriggerBy }: Unattended,
  { redis, archive, adoption, nowMs, log }: LookDeps & { readonly nowMs: number },
): Promise<Plan | undefined> {
  const [instruments, allPrices] = await Promise.all([
    getInstruments(redis, bucketOf(account)),
    getPrices(redis, bucketOf(account)),
  ]);
  const [instrument, prices] = [instruments.get(position.symbol), allPrices.get(position.symbol)];
  if (instrument === undefined || prices === undefined || nowMs - prices.atMs > PRICES_SERVE_FOR_MS) {
    log.warn({ account, symbol: position.symbol }, 'no price or trading rules to adopt a position by');
    return undefined;
  }
  const context = { account, instrument, prices, takerFeeRate: TAKER_FEE_RATE, nowMs };
  for (let earlier = 0; earlier < MOST_PLANS; earlier += 1) {
    const plan = adopt(position, asItStands(adoption, stopTriggerBy), { ...context, earlier });
    if (plan === undefined || !(await isOver(plan, { redis, archive }))) return plan;
  }
  log.error({ account, symbol: position.symbol, plans: MOST_PLANS }, 'position left alone: each plan for it has ended');
  return undefined;
}

/** A stop that is kept is kept with its trigger, unless the policy has one. */
function asItStands(adoption: Adoption, stopTriggerBy: Unattended['stopTriggerBy']): Adoption {
  if (adoption.mode !== 'protect-only' || stopTriggerBy === undefined) return adoption;
  return { triggerBy: stopTriggerBy, ...adoption };
}

/** A plan that is known and not active: its slot is free. Lately closed ones may not have reached the archive yet. */
async function isOver(
  { id: monitorId, account, symbol, positionIdx }: Plan,
  { redis, archive }: Pick<TaskDeps, 'redis' | 'archive'>,
): Promise<boolean> {
  const [held] = await getPlans(redis, [{ account, symbol, positionIdx, monitorId }]);
  return held !== undefined || (await archive.isClosed(monitorId));
}

function adoptedEvent({ id, createdAtMs, side, adopted, stopLoss }: Plan, mode: Adoption['mode']): MonitorEvent {
  const { qty = 0n, averagePrice = 0n } = adopted ?? {};
  const detail = { mode, side, ...texts({ qty, averagePrice, stop: stopLoss.triggerPrice }) };
  return { id: `${id}:adopted`, type: 'adopted', atMs: createdAtMs, detail };
}

function texts(values: Readonly<Record<string, Decimal>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, format(value)]));
}
