import { checkPlans } from '@backstop/core';
import type { Decimal, Fault, Instrument, Mirror, Plan } from '@backstop/core';
import type { z } from 'zod';
import { mirroredEntries } from './mirrored-entries.ts';
import { parseAnyway } from './parse-anyway.ts';
import { placeFaults } from './place-faults.ts';
import { fileSchema, instrumentSchema, NO_LIMIT, planSchema } from './plan-schema.ts';
import type { PlanInput } from './plan-schema.ts';
import { readGroups } from './read-groups.ts';
import { placeOf, targetsOf } from './targets.ts';
import type { Shaped, Target } from './targets.ts';
import { PLAN_DEFAULTS, toPlan } from './to-plan.ts';
import type { PlanDefaults } from './to-plan.ts';
import { withPreset } from './with-preset.ts';

export interface ListedInstrument {
  readonly instrument: Instrument;
  /** The price now, or where a simulated market starts. */
  readonly price: Decimal;
}

/** What a plan file asks for, free of faults. */
export interface Workload {
  readonly accounts: readonly string[];
  readonly instruments: ReadonlyMap<string, ListedInstrument>;
  readonly plans: readonly Plan[];
  /** Where each plan comes from, by its id: `plans[3]`, or `plans[3].group.accounts[1]`. */
  readonly places: ReadonlyMap<string, string>;
}

/** An account's equity, USDT, or why it is not known. */
export type Balance = { readonly equity: Decimal } | { readonly problem: string };
export type Balances = ReadonlyMap<string, Balance>;

export interface PlanFileOptions {
  readonly nowMs: number;
  /** The id of a plan, given what the file says about it. */
  readonly newPlanId: (plan: PlanInput) => string;
  readonly takerFeeRate: Decimal;
  readonly defaults?: Partial<PlanDefaults>;
  /** The exchange's instruments; they stand above the file's own. */
  readonly instruments?: ReadonlyMap<string, ListedInstrument>;
  /** Plans that are active already: new ones may not claim their places. */
  readonly existing?: readonly Plan[];
  /** The accounts that exist; undefined = the file's own list, else those that its plans name. */
  readonly accounts?: readonly string[];
  /**
   * What plans are judged by: what holds at this moment (the default: price, trading rules, deadlines), or nothing but the
   * file, for plans that may have been accepted long ago.
   */
  readonly judgedBy?: 'moment' | 'file';
  /** Plans (by their id) that are left out of judgement and result; faults of the others keep their place in the file. */
  readonly leftOut?: ReadonlySet<string>;
  /**
   * Of the accounts that get a share of their balance; each that is missing here is a fault. `not-asked`, or judged by the file
   * alone: plans of that rule keep the quantities of the file, which nobody judges, and are not fit to be accepted.
   */
  readonly balances?: Balances | 'not-asked';
}

export type PlanFileResult = (
  | { readonly ok: true; readonly workload: Workload }
  | { readonly ok: false; readonly faults: readonly Fault[] }
) & {
  /** The accounts whose balance sizes of this file depend on. */
  readonly balancesOf: readonly string[];
};

type File = z.output<typeof fileSchema>;

/** Reads a plan file (the format of data/workload-30.json). Reports the faults of all plans at once, each with its path. */
export function readPlanFile(text: string, options: PlanFileOptions): PlanFileResult {
  const json = parseJson(text);
  if (!json.ok) return { ok: false, faults: [{ path: '', message: `not JSON: ${json.problem}` }], balancesOf: [] };
  return readPlanJson(json.value, options);
}

/** The same for a file's content that is parsed already. */
export function readPlanJson(json: unknown, options: PlanFileOptions): PlanFileResult {
  const file = parseAnyway(fileSchema, json);
  if (file.value === undefined) return { ok: false, faults: file.faults, balancesOf: [] };

  const { instruments, faults: ofInstruments } = readInstruments(file.value, options);
  const groups = readGroups(file.value.groups);
  const shaped = readPlans(file.value);
  const all = targetsOf(shaped.plans, groups.groups, options.newPlanId);
  const accounts = options.accounts ??
    file.value.accounts ?? [...new Set(all.targets.map(({ input }) => input.account))];
  const targets = all.targets.filter(({ id }) => options.leftOut?.has(id) !== true);
  const drafts = targets.map((target) => draftOf(target, instruments, options));
  const content = placeFaults(judge(drafts, accounts, instruments, options), targets);

  const inFile = [...file.faults, ...ofInstruments, ...groups.faults, ...shaped.faults, ...all.faults];
  const faults = [...inFile, ...content, ...unreadBalances(targets, accounts, options)];
  const sharers = targets.filter(isShare).map(({ input }) => input.account);
  const balancesOf = [...new Set(sharers)].filter((account) => accounts.includes(account));
  if (faults.length > 0) return { ok: false, faults, balancesOf };
  const plans = drafts.map(({ plan }) => plan);
  const places = new Map(targets.map((target) => [target.id, placeOf(target)]));
  return { ok: true, workload: { accounts, instruments, plans, places }, balancesOf };
}

type Instruments = ReadonlyMap<string, ListedInstrument>;

/** A plan whose size may depend on what is not known (yet). */
interface Draft {
  readonly plan: Plan;
  readonly isSized: boolean;
}

function draftOf({ input, id, mirror }: Target, instruments: Instruments, options: PlanFileOptions): Draft {
  const { nowMs, takerFeeRate, judgedBy, defaults } = options;
  const listed = instruments.get(input.symbol);
  const price = judgedBy === 'file' ? undefined : listed?.price;
  const { tickSize, qtyStep } = listed?.instrument ?? ANY_INSTRUMENT;
  const context = { nowMs, id, takerFeeRate, defaults: { ...PLAN_DEFAULTS, ...defaults }, price, tickSize };
  if (mirror === undefined) return { plan: toPlan(withPreset(input), context), isSized: true };

  const equity = equityOf(input.account, options);
  const entries = mirroredEntries(input.entries, mirror.member, { qtyStep, price, balance: equity });
  const plan = toPlan(withPreset({ ...input, entries: entries ?? input.entries }), context);
  return { plan: { ...plan, mirror: mirrorOf(mirror, equity) }, isSized: entries !== undefined };
}

function equityOf(account: string, { balances }: PlanFileOptions): Decimal | undefined {
  const balance = balances === 'not-asked' ? undefined : balances?.get(account);
  return balance !== undefined && 'equity' in balance ? balance.equity : undefined;
}

function mirrorOf({ group, planId, member }: NonNullable<Target['mirror']>, equity: Decimal | undefined): Mirror {
  const { rule, value } = member;
  return { group, planId, rule, value, ...(rule === 'shareOfBalance' && equity !== undefined && { balance: equity }) };
}

function judge(
  drafts: readonly Draft[],
  accounts: readonly string[],
  listed: Instruments,
  { nowMs, existing = [], judgedBy }: PlanFileOptions,
): readonly Fault[] {
  const plans = drafts.map(({ plan }) => plan);
  const market = {
    nowMs: judgedBy === 'file' ? Number.NEGATIVE_INFINITY : nowMs,
    existing,
    accounts: new Set(accounts),
    hedgeAccounts: hedgeAccounts([...existing, ...plans]),
  };
  const instruments =
    judgedBy === 'file'
      ? new Map(plans.map(({ symbol }) => [symbol, { ...ANY_INSTRUMENT, symbol }]))
      : new Map([...listed].map(([symbol, { instrument }]) => [symbol, instrument]));
  const faults = checkPlans(plans, instruments, market);
  if (drafts.every(({ isSized }) => isSized)) return faults;

  const ofAnySize = new Map([...instruments].map(([symbol, instrument]) => [symbol, { ...instrument, ...ANY_SIZE }]));
  const loose = checkPlans(plans, ofAnySize, market);
  return drafts.flatMap(({ isSized }, index) => faultsOf(isSized ? faults : loose, index));
}

function faultsOf(faults: readonly Fault[], index: number): readonly Fault[] {
  return faults.filter(({ path }) => path.startsWith(`plans[${index}]`));
}

function isShare({ mirror }: Target): boolean {
  return mirror?.member.rule === 'shareOfBalance';
}

/** Balances that were asked for and are not known. Of an account that does not exist it is said already. */
function unreadBalances(
  targets: readonly Target[],
  accounts: readonly string[],
  { balances, judgedBy }: PlanFileOptions,
): readonly Fault[] {
  if (balances === 'not-asked' || judgedBy === 'file') return [];
  return targets.filter(isShare).flatMap((target) => {
    const { account } = target.input;
    const balance = balances?.get(account) ?? { problem: 'nobody has read it' };
    if ('equity' in balance || !accounts.includes(account)) return [];
    return [{ path: placeOf(target), message: `the balance of ${account} cannot be read: ${balance.problem}` }];
  });
}

const ANY_SIZE = {
  qtyStep: 1n,
  minOrderQty: 0n,
  maxOrderQty: NO_LIMIT,
  maxMktOrderQty: NO_LIMIT,
  minNotionalValue: 0n,
};

/** With its trading rules no plan is at odds: the smallest step there is, and no bounds. */
const ANY_INSTRUMENT: Omit<Instrument, 'symbol'> = {
  ...ANY_SIZE,
  status: 'Trading',
  tickSize: 1n,
  deliveryTimeMs: 0,
};

function readInstruments(file: File, { instruments: given }: PlanFileOptions) {
  const instruments = new Map<string, ListedInstrument>();
  const faults: Fault[] = [];
  for (const [index, raw] of (file.instruments ?? []).entries()) {
    const parsed = parseAnyway(instrumentSchema, raw, ['instruments', index]);
    faults.push(...parsed.faults);
    if (parsed.value === undefined) continue;
    const { note: _, price, deliveryTime, ...rest } = parsed.value;
    if (instruments.has(rest.symbol))
      faults.push({ path: `instruments[${index}].symbol`, message: `${rest.symbol} is listed twice` });
    instruments.set(rest.symbol, { instrument: { ...rest, deliveryTimeMs: deliveryTime }, price });
  }
  if (given === undefined && file.instruments === undefined) faults.push({ path: 'instruments', message: 'missing' });
  return { instruments: given ?? instruments, faults };
}

function readPlans(file: File): { plans: Shaped[]; faults: Fault[] } {
  const plans: Shaped[] = [];
  const faults: Fault[] = [];
  for (const [index, raw] of file.plans.entries()) {
    const { value, faults: own } = parseAnyway(planSchema, raw, ['plans', index]);
    faults.push(...own);
    if (value !== undefined) plans.push({ input: value, index });
  }
  return { plans, faults };
}

/** An account with a plan for position index 1 or 2 is meant to be in hedge mode; the exchange has the last word. */
function hedgeAccounts(plans: readonly Plan[]): ReadonlySet<string> {
  return new Set(plans.filter(({ positionIdx }) => positionIdx !== 0).map(({ account }) => account));
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'unreadable' };
  }
}
