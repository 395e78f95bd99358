import { checkPlans } from '@backstop/core';
import type { Decimal, Fault, Instrument, Plan } from '@backstop/core';
import { z } from 'zod';
import { accountName } from './names.ts';
import { fileSchema, instrumentSchema, NO_LIMIT, planSchema } from './plan-schema.ts';
import type { PlanInput } from './plan-schema.ts';
import { parseAnyway } from './parse-anyway.ts';
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
}

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
}

export type PlanFileResult =
  | { readonly ok: true; readonly workload: Workload }
  | { readonly ok: false; readonly faults: readonly Fault[] };

type File = z.output<typeof fileSchema>;
/** A plan of the right shape, and its place in the file, which fault paths name. */
type Shaped = { readonly index: number; readonly input: PlanInput };

/** Reads a plan file (the format of data/workload-30.json). Reports the faults of all plans at once, each with its path. */
export function readPlanFile(text: string, options: PlanFileOptions): PlanFileResult {
  const json = parseJson(text);
  if (!json.ok) return { ok: false, faults: [{ path: '', message: `not JSON: ${json.problem}` }] };
  return readPlanJson(json.value, options);
}

/** The same for a file's content that is parsed already. */
export function readPlanJson(json: unknown, options: PlanFileOptions): PlanFileResult {
  const file = parseAnyway(fileSchema, json);
  if (file.value === undefined) return { ok: false, faults: file.faults };

  const listed = readInstruments(file.value, options);
  const shaped = readPlans(file.value);
  const accounts = options.accounts ?? file.value.accounts ?? namesIn(shaped.plans);
  const inFile = shaped.plans
    .map(({ input, index }) => ({ input, index, plan: planOf(input, listed.instruments, options) }))
    .filter(({ plan }) => options.leftOut?.has(plan.id) !== true);
  const plans = inFile.map(({ plan }) => plan);
  const content = placed(judge(plans, accounts, listed.instruments, options), inFile);
  const faults = [...file.faults, ...listed.faults, ...shaped.faults, ...content];
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, workload: { accounts, instruments: listed.instruments, plans } };
}

type Instruments = ReadonlyMap<string, ListedInstrument>;

function planOf(input: PlanInput, instruments: Instruments, options: PlanFileOptions): Plan {
  const { nowMs, newPlanId, takerFeeRate, judgedBy, defaults } = options;
  const listed = instruments.get(input.symbol);
  return toPlan(withPreset(input), {
    nowMs,
    id: newPlanId(input),
    takerFeeRate,
    defaults: { ...PLAN_DEFAULTS, ...defaults },
    price: judgedBy === 'file' ? undefined : listed?.price,
    tickSize: listed?.instrument.tickSize ?? ANY_INSTRUMENT.tickSize,
  });
}

function judge(
  plans: readonly Plan[],
  accounts: readonly string[],
  listed: Instruments,
  { nowMs, existing = [], judgedBy }: PlanFileOptions,
): readonly Fault[] {
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
  return checkPlans(plans, instruments, market);
}

/** With its trading rules no plan is at odds: the smallest step there is, and no bounds. */
const ANY_INSTRUMENT: Omit<Instrument, 'symbol'> = {
  status: 'Trading',
  tickSize: 1n,
  qtyStep: 1n,
  minOrderQty: 0n,
  maxOrderQty: NO_LIMIT,
  maxMktOrderQty: NO_LIMIT,
  minNotionalValue: 0n,
  deliveryTimeMs: 0,
};

/** The account names in a plan file, as far as it can be read: so that their keys can be checked beside its other faults. */
export function namedAccounts(text: string): string[] {
  const json = parseJson(text);
  const file = looseFile.safeParse(json.ok ? json.value : undefined);
  if (!file.success) return [];
  const names = [...file.data.accounts, ...file.data.plans.map((plan) => plan.account)];
  return [...new Set(names.filter((name) => accountName.safeParse(name).success))].map(String);
}

const looseFile = z.looseObject({
  accounts: z.array(z.unknown()).catch([]),
  plans: z.array(z.looseObject({ account: z.unknown() }).catch({ account: undefined })).catch([]),
});

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

function namesIn(plans: readonly Shaped[]): string[] {
  return [...new Set(plans.map(({ input }) => input.account))];
}

/** An account with a plan for position index 1 or 2 is meant to be in hedge mode; the exchange has the last word. */
function hedgeAccounts(plans: readonly Plan[]): ReadonlySet<string> {
  return new Set(plans.filter(({ positionIdx }) => positionIdx !== 0).map(({ account }) => account));
}

/** What a plan's fields are called in the file. */
const NAMES_IN_FILE: readonly (readonly [RegExp, string])[] = [
  [/\.marketEntryDeadlineMs$/, '.deadline'],
  [/\.entriesExpireAtMs$/, '.entriesExpireAt'],
  [/\.share$/, '.percent'],
];

/** Puts faults among the plans of the right shape back to the places and names that these have in the file. */
function placed(faults: readonly Fault[], shaped: readonly Shaped[]): Fault[] {
  return faults.map(({ path, message }) => {
    const position = Number(/^plans\[(\d+)\]/.exec(path)?.[1]);
    const isNamed = !Array.isArray(shaped[position]?.input.takeProfits ?? []);
    const names = isNamed ? [NAMED_SHARES, ...NAMES_IN_FILE] : NAMES_IN_FILE;
    return {
      path: names.reduce((text, [pattern, name]) => text.replace(pattern, name), placeInFile(path, shaped)),
      message,
    };
  });
}

/** Where the take-profits are given by their prices alone. */
const NAMED_SHARES: readonly [RegExp, string] = [/\.takeProfits\[(\d+)\]\.(?:price|share)$/, '.takeProfits.prices[$1]'];

function placeInFile(path: string, shaped: readonly Shaped[]): string {
  return path.replace(
    /^plans\[(\d+)\]/,
    (_whole: string, position: string) => `plans[${shaped[Number(position)]?.index ?? position}]`,
  );
}

function parseJson(text: string): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'unreadable' };
  }
}
