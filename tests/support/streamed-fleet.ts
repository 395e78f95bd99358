import { decimal, type Plan } from '@backstop/core';
import { accountKeys, listProcesses, peekCheck, putPlans, type MonitorRef } from '@backstop/store';
import { expect } from 'vitest';
import { withStates } from './desk-rig.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { planOn } from './plans.ts';
import { staleDecisions } from './stale-decisions.ts';
import { untilSynced } from './streams.ts';
import { openLegs, openPosition } from './truth.ts';
import { startVenue, type Venue } from './venue.ts';

type Service = Fleet['services'][number];

/** All services as processes of their own over an exchange of their own, with private streams. */
export interface StreamedFleet extends AsyncDisposable {
  readonly venue: Venue;
  readonly fleet: Fleet;
  /** Starts one more; resolves when it beats. */
  readonly start: (service: 'worker' | 'scheduler' | 'stream', name: string) => Promise<Service>;
  /** The only one of a service that runs. */
  readonly sole: (service: 'worker' | 'stream' | 'scheduler') => Service;
  /** Ends one; resolves when it has. */
  readonly end: (process: Service, signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Waits until these are heard of. */
  readonly untilBeating: (...names: readonly string[]) => Promise<void>;
  /**
   * Waits until all accounts are in sync, and until a plan on this symbol is carried out: a long of 100 at the market and 100 at 95,
   * take-profits at 110, 115, 120 and 125, and its stop at 90, from where it steps up with each take-profit.
   */
  readonly open: (index: number) => Promise<MonitorRef>;
  /** Waits until these orders of ours work, the stop stands there, and a live stream vouches for that. */
  readonly untilStands: (ref: MonitorRef, legs: readonly string[], stop: string) => Promise<void>;
  /** What went wrong so far on the exchange, in decisions and with processes. */
  readonly harm: () => Promise<Harm>;
}

interface Harm {
  /** Processes that ended by themselves. */
  readonly died: readonly string[];
  readonly duplicates: readonly object[];
  readonly wrongCancels: readonly object[];
  readonly unprotectedMs: number;
  /** Decisions that stood on a row of which something newer had been received. */
  readonly stale: readonly object[];
}

export const UNHARMED: Harm = { died: [], duplicates: [], wrongCancels: [], unprotectedMs: 0, stale: [] };

/** Processes start slowly on a machine that is busy with other things, and maintenance with its archive slowest of all. */
const START = { timeout: 120_000, interval: 100 } as const;
const SOON = { timeout: 60_000, interval: 50 } as const;
/** Says of each decision what it stood on, and of what was received when that was. */
const TOLD = { BACKSTOP_LOG_LEVEL: 'debug' };
const ACCOUNTS = ['main', 'other'];
/** What works of a plan as it begins. */
const WHOLE = ['e1', 't1', 't2', 't3', 't4'];
/** Where its stop is after the first take-profit. */
export const BREAKEVEN = '100.12';

/** Starts one of each, `worker-1` and so on, beside maintenance. */
export async function startStreamedFleet(): Promise<StreamedFleet> {
  await using opened = new AsyncDisposableStack();
  const venue = opened.use(await startVenue({ accounts: ACCOUNTS }));
  const fleet = opened.use(await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile }));
  fleet.start('maintenance', 'maintenance');
  for (const service of ['worker', 'scheduler', 'stream'] as const) fleet.start(service, `${service}-1`, TOLD);
  const ended = new Set<string>();
  const resources = opened.move();
  return {
    venue,
    fleet,
    start: async (service, name) => {
      const started = fleet.start(service, name, TOLD);
      await untilBeating(fleet, [name]);
      return started;
    },
    sole: (service) => sole(fleet, service),
    end: async ({ name, kill, exited }, signal) => {
      ended.add(name);
      kill(signal);
      await exited;
    },
    untilBeating: (...names) => untilBeating(fleet, names),
    open: async (index) => {
      await expect.poll(() => fleet.redis.exists(accountKeys('main').prices), START).toBe(1);
      await untilSynced(fleet.redis, ACCOUNTS);
      const ref = await accept(fleet, steppingPlan(index));
      await untilStands({ venue, fleet }, ref, { legs: WHOLE, stop: '90' });
      return ref;
    },
    untilStands: (ref, legs, stop) => untilStands({ venue, fleet }, ref, { legs, stop }),
    harm: () => harm(venue, fleet, ended),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function untilBeating({ redis }: Fleet, names: readonly string[]): Promise<void> {
  await expect
    .poll(async () => (await listProcesses(redis)).flatMap(({ name, alive }) => (alive ? [name] : [])), SOON)
    .toEqual(expect.arrayContaining([...names]));
}

function sole({ services }: Fleet, service: string): Service {
  const [one, ...others] = services.filter(({ name, isRunning }) => isRunning() && name.startsWith(`${service}-`));
  if (one === undefined || others.length > 0) throw new RangeError(`not one ${service} runs`);
  return one;
}

async function accept({ redis }: Fleet, plan: Plan): Promise<MonitorRef> {
  const [ref] = (await putPlans(redis, [withStates(plan)])).accepted;
  if (ref === undefined) throw new Error('the slot is taken');
  return ref;
}

async function untilStands(
  { venue, fleet }: Pick<StreamedFleet, 'venue' | 'fleet'>,
  ref: MonitorRef,
  { legs, stop }: { readonly legs: readonly string[]; readonly stop: string },
): Promise<void> {
  await expect
    .poll(async () => {
      const truth = await venue.truth();
      return { legs: openLegs(truth, ref), stop: openPosition(truth, ref)?.stopLoss };
    }, SOON)
    .toEqual({ legs, stop });
  const known = { kind: 'row', dirty: false, vouched: true } as const;
  const position = { ...known, value: { size: decimal(openPosition(await venue.truth(), ref)?.size ?? '') } };
  await expect.poll(() => peekCheck(fleet.redis, ref), SOON).toMatchObject({ position, orders: known, intents: [] });
}

/** Whatever is busy must not make the entry too late. */
function steppingPlan(index: number): Plan {
  return planOn('main', index, {
    marketEntryDeadlineMs: Date.now() + 60_000,
    stopLoss: { triggerPrice: decimal('90'), triggerBy: 'LastPrice', steps: { ifThrough: 'exit' } },
  });
}

async function harm(venue: Venue, { services }: Fleet, ended: ReadonlySet<string>): Promise<Harm> {
  const { duplicates, wrongCancels, totals } = await venue.truth();
  const { stale, decisions, received } = staleDecisions(services.flatMap(({ lines }) => lines));
  if (decisions === 0 || received === 0) throw new Error('nothing was decided or received');
  return {
    died: services.flatMap(({ name, isRunning }) => (isRunning() || ended.has(name) ? [] : [name])),
    duplicates,
    wrongCancels,
    unprotectedMs: totals.unprotectedMs,
    stale,
  };
}
