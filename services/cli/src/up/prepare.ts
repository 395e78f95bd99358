import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decimal } from '@backstop/core';
import type { Plan } from '@backstop/core';
import { namedAccounts, readAccounts, readPlanFile } from '@backstop/intake';
import type { AccountsResult, Credentials, ListedInstrument, PlanFileResult, Workload } from '@backstop/intake';
import { ConfigError } from '@backstop/runtime';
import { z } from 'zod';
import { newPlanId } from './new-plan-id.ts';
import { readUpOptions } from './up-options.ts';
import type { UpOptions, Venue } from './up-options.ts';

export type LiveVenue = Exclude<Venue, 'simulator'>;

/** Everything that a run needs to know, free of faults, before anything is started or sent. */
export interface Preparation {
  readonly options: UpOptions;
  readonly workload: Workload;
  /**
   * The plans as of this moment, with new ids: their deadlines count from here. Throws ConfigError when a deadline has passed
   * since they were read first.
   */
  readonly acceptAt: (nowMs: number) => readonly Plan[];
  readonly credentials: readonly Credentials[];
  readonly warnings: readonly string[];
}

export interface PrepareOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly nowMs: number;
  /** Reads what a live venue lists, without keys. */
  readonly listInstruments: (venue: LiveVenue) => Promise<ReadonlyMap<string, ListedInstrument>>;
}

/** Bybit's taker rate for linear contracts without a VIP level (reference C.15). */
const TAKER_FEE_RATE = decimal('0.00055');

/** The flags that name files, which are read even where other flags are wrong: all faults come at once. */
const fileFlags = z.looseObject({ plans: z.string(), accounts: z.string().optional() });

/** Reads flags, plans and API keys. Throws one ConfigError with the faults of all three. */
export async function prepare(given: unknown, { env, nowMs, listInstruments }: PrepareOptions): Promise<Preparation> {
  const flags = readUpOptions(given);
  const files = fileFlags.parse(given);
  const text = await readFile(files.plans, 'utf8').catch(() => undefined);
  const venue = flags.options?.venue ?? 'simulator';
  const accounts = readKeys(venue, namedAccounts(text ?? ''), { file: files.accounts, env });
  const listed = venue === 'simulator' ? OWN_INSTRUMENTS : await list(venue, listInstruments);
  const plans = text === undefined ? unreadable(files.plans) : readPlans(text, nowMs, listed.instruments);

  const faults = [...flags.faults, ...faultsOf(accounts), ...listed.faults, ...faultsOf(plans)];
  if (flags.options === undefined || !accounts.ok || !plans.ok || faults.length > 0) {
    throw new ConfigError('nothing was started, since this has to be put right first', faults);
  }
  return {
    options: flags.options,
    workload: plans.workload,
    acceptAt: (atMs) => acceptedPlans(readPlans(text ?? '', atMs, listed.instruments)),
    credentials: accounts.accounts,
    warnings: accounts.warnings,
  };
}

type Listed = { readonly instruments?: ReadonlyMap<string, ListedInstrument>; readonly faults: readonly string[] };

/** A simulated market lists what the plan file says. */
const OWN_INSTRUMENTS: Listed = { faults: [] };

async function list(venue: LiveVenue, listInstruments: PrepareOptions['listInstruments']): Promise<Listed> {
  try {
    return { instruments: await listInstruments(venue), faults: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no answer';
    return { faults: [`--venue: cannot read the instruments of ${venue}: ${why}`] };
  }
}

function unreadable(file: string): PlanFileResult {
  return { ok: false, faults: [{ path: '--plans', message: `cannot read ${file}` }] };
}

function faultsOf(result: AccountsResult | PlanFileResult): readonly string[] {
  if (result.ok) return [];
  return result.faults.map(({ path, message }) => (path === '' ? `--plans: ${message}` : `${path}: ${message}`));
}

function acceptedPlans(result: PlanFileResult): readonly Plan[] {
  if (result.ok) return result.workload.plans;
  throw new ConfigError('the plans can no longer be accepted', faultsOf(result));
}

/** A simulated exchange takes any keys, so they are made up, unless an accounts file is to be tried with it. */
function readKeys(
  venue: Venue,
  names: readonly string[],
  { file, env }: { file: string | undefined; env: NodeJS.ProcessEnv },
): AccountsResult {
  if (venue !== 'simulator' || file !== undefined) return readAccounts({ file, env, names });
  const accounts = names.map((name) => ({
    name,
    apiKey: `sim-${name}-${randomBytes(6).toString('hex')}`,
    secret: randomBytes(24).toString('hex'),
  }));
  return { ok: true, accounts, warnings: [] };
}

function readPlans(
  text: string,
  nowMs: number,
  instruments: ReadonlyMap<string, ListedInstrument> | undefined,
): PlanFileResult {
  return readPlanFile(text, {
    nowMs,
    newPlanId,
    takerFeeRate: TAKER_FEE_RATE,
    ...(instruments === undefined ? {} : { instruments }),
  });
}
