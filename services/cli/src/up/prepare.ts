import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { namedAccounts, readAccounts } from '@backstop/intake';
import type { AccountsResult, Credentials, ListedInstrument, ReadBalances, Workload } from '@backstop/intake';
import { BYBIT_VENUES } from '@backstop/exchange';
import { ConfigError } from '@backstop/runtime';
import { z } from 'zod';
import { adoptionFile } from './adoption-file.ts';
import { balanceReader } from './balance-reader.ts';
import { gatewayPlace } from './gateway-place.ts';
import type { GatewayPlace } from './gateway-place.ts';
import { operatorTokenFaults } from './operator-token.ts';
import { judgePlans } from './judge-plans.ts';
import type { FirstJudgement, Listed, PlanSource } from './judge-plans.ts';
import { planMemory } from './plan-memory.ts';
import { START_BALANCE } from './simulator-client.ts';
import { readUpOptions } from './up-options.ts';
import type { UpOptions, Venue } from './up-options.ts';

export type LiveVenue = Exclude<Venue, 'simulator'>;

/** Everything that a run needs to know, free of faults, before anything is started or sent. */
export interface Preparation {
  readonly options: UpOptions;
  /** The ids of its plans stay; all else that depends on the moment is settled by `judge`. */
  readonly workload: Workload;
  /**
   * Earlier runs may have left monitors, which go on whatever is wrong with the plans: so far these are judged by the file
   * alone, and what depends on the moment only when it is known which of them are new.
   */
  readonly isKept: boolean;
  readonly judge: FirstJudgement['judge'];
  readonly credentials: readonly Credentials[];
  /** What becomes of positions that no plan opened; undefined = they are left alone. */
  readonly adoptionFile: string | undefined;
  readonly gateway: GatewayPlace;
  readonly warnings: readonly string[];
}

export interface PrepareOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly nowMs: number;
  /** Reads what a live venue lists, without keys. */
  readonly listInstruments: (venue: LiveVenue) => Promise<ReadonlyMap<string, ListedInstrument>>;
}

/** The flags that name files, which are read even where other flags are wrong: all faults come at once. */
const fileFlags = z.looseObject({
  plans: z.string(),
  accounts: z.string().optional(),
  adoption: z.string().optional(),
});

/** Reads flags, plans and API keys. Throws one ConfigError with the faults of all three. */
export async function prepare(given: unknown, { env, nowMs, listInstruments }: PrepareOptions): Promise<Preparation> {
  const flags = readUpOptions(given);
  const files = fileFlags.parse(given);
  const text = await readFile(files.plans, 'utf8').catch(() => undefined);
  const venue = flags.options?.venue ?? 'simulator';
  const memory = await planMemory(flags.options, env);
  const accounts = readKeys(venue, namedAccounts(text ?? ''), { file: files.accounts, env });
  const adoption = adoptionFile(files.adoption, env, accounts);
  const list = (): Promise<Listed> => listNow(venue, listInstruments);
  const plans = await readPlans(text, files.plans, { memory, nowMs, list, readBalances: balances(venue, accounts) });
  const gateway = await gatewayPlace(flags.options?.port, env);

  const faultsOfFlags = [...flags.faults, ...gateway.faults, ...operatorTokenFaults(env), ...memory.faults];
  const faults = [...faultsOfFlags, ...keyFaults(accounts), ...adoption.faults, ...plans.faults];
  const { workload, judge } = plans;
  if (!flags.options || !gateway.place || !accounts.ok || !workload || faults.length > 0) {
    throw new ConfigError('nothing was started, since this has to be put right first', faults);
  }
  return {
    options: flags.options,
    workload,
    isKept: memory.isKept,
    judge,
    credentials: accounts.accounts,
    adoptionFile: adoption.file,
    gateway: gateway.place,
    warnings: accounts.warnings,
  };
}

async function listNow(venue: Venue, listInstruments: PrepareOptions['listInstruments']): Promise<Listed> {
  if (venue === 'simulator') return { faults: [] };
  try {
    return { instruments: await listInstruments(venue), faults: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no answer';
    return { faults: [`--venue: cannot read the instruments of ${venue}: ${why}`] };
  }
}

/** A simulated exchange does not run yet: all accounts begin on it with the same. Without keys, nothing can be read. */
function balances(venue: Venue, accounts: AccountsResult): ReadBalances | undefined {
  if (venue === 'simulator') {
    return (names) => Promise.resolve(new Map(names.map((name) => [name, { equity: START_BALANCE }])));
  }
  if (!accounts.ok) return undefined;
  return balanceReader({ accounts: accounts.accounts, exchangeUrl: BYBIT_VENUES[venue] });
}

function readPlans(
  text: string | undefined,
  file: string,
  source: Omit<PlanSource, 'text'>,
): FirstJudgement | Promise<FirstJudgement> {
  if (text !== undefined) return judgePlans({ text, ...source });
  const nothing = { plans: [], faults: [`--plans: cannot read ${file}`] };
  return { workload: undefined, faults: nothing.faults, judge: () => Promise.resolve(nothing) };
}

function keyFaults(accounts: AccountsResult): readonly string[] {
  return accounts.ok ? [] : accounts.faults.map(({ path, message }) => `${path}: ${message}`);
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
