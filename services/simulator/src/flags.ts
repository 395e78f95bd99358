import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { inputFaults } from './sim/input-faults.ts';
import { scenarioFile, unknownInScenario } from './sim/scenario.ts';
import type { Scenario } from './sim/scenario.ts';
import { pricesFaults } from './prices/prices-spec.ts';
import type { PricesSpec } from './prices/prices-spec.ts';
import { readPricesFile } from './sim/prices-file.ts';
import { setupFile } from './sim/setup.ts';
import type { Setup } from './sim/setup.ts';
import type { SimulatorConfig } from './simulator.ts';

const whole = (most: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().max(most));

const flags = z.strictObject({
  port: whole(65_535).optional(),
  host: z.string().min(1).default('127.0.0.1'),
  seed: whole(4_294_967_295).optional(),
  latency: whole(60_000).optional(),
  accounts: z.string().optional(),
  scenario: z.string().optional(),
  prices: z.string().optional(),
  speed: z
    .string()
    .regex(/^\d{1,6}(\.\d{1,3})?$/, 'is not a number')
    .transform(Number)
    .pipe(z.number().positive())
    .optional(),
  limits: z.enum(['real', 'off']).default('real'),
  clock: z.enum(['real', 'virtual']).default('real'),
  'start-at': z
    .union(
      [
        z
          .string()
          .regex(/^\d{1,13}$/)
          .transform(Number),
        z.iso.datetime({ offset: true }).transform(Date.parse),
      ],
      {
        error: 'is neither an ISO time nor milliseconds',
      },
    )
    .optional(),
});

const DEFAULT_PORT = 9_100;
const DEFAULT_SEED = 7;

/** Flags that cannot be followed: one line for each fault. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Reads the command line; a FlagError names every fault with its flag, faults of the accounts file included. */
export function readFlags(args: readonly string[]): { port: number; host: string; config: SimulatorConfig } {
  const parsed = flags.safeParse(namedValues(args));
  if (!parsed.success) throw new FlagError(describe(parsed.error, '--'));
  const { port = DEFAULT_PORT, host, seed = DEFAULT_SEED, latency = 0, accounts, limits, clock } = parsed.data;
  const { scenario: scenarioPath, 'start-at': startAtMs } = parsed.data;
  if (startAtMs !== undefined && clock === 'real') throw new FlagError('--start-at: needs --clock virtual');
  const setup =
    accounts === undefined ? { accounts: [], instruments: [] } : readFileOf('accounts', accounts, setupFile);
  const scenario = scenarioPath === undefined ? undefined : readScenario(scenarioPath, setup);
  const prices = readPrices(parsed.data, setup);
  return { port, host, config: { seed, latencyMs: latency, limits, clock, startAtMs, setup, scenario, prices } };
}

function readScenario(file: string, { accounts, instruments }: Setup): Scenario {
  const scenario = readFileOf('scenario', file, scenarioFile);
  const issues = unknownInScenario(scenario, {
    accounts: new Set(accounts.map(({ name }) => name)),
    symbols: new Map(instruments.map((instrument) => [instrument.symbol, instrument])),
  });
  if (issues.length > 0) throw new FlagError(describe(new z.ZodError(issues), `--scenario ${file}: `));
  return scenario;
}

function readPrices(
  { prices: file, speed }: { readonly prices?: string | undefined; readonly speed?: number | undefined },
  { instruments }: Setup,
): readonly PricesSpec[] {
  if (file === undefined && speed !== undefined) throw new FlagError('--speed: needs --prices');
  if (file === undefined) return [];
  const read = readPricesFile(file, speed);
  const listed = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const faults =
    read.spec === undefined ? read.faults : pricesFaults(read.spec, listed).map((fault) => `${file}: ${fault}`);
  if (read.spec !== undefined && faults.length === 0) return [read.spec];
  throw new FlagError(faults.map((fault) => `--prices ${fault}`).join('\n'));
}

function namedValues(args: readonly string[]): unknown {
  const values: Record<string, unknown> = {};
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: OPTIONS,
  });
  for (const token of tokens) {
    if (token.kind === 'option') values[token.name] = token.value ?? true;
    if (token.kind === 'positional') values[token.value] = token.value;
  }
  return values;
}

const text = { type: 'string' } as const;
const OPTIONS = {
  port: text,
  host: text,
  seed: text,
  latency: text,
  accounts: text,
  scenario: text,
  prices: text,
  speed: text,
  limits: text,
  clock: text,
  'start-at': text,
};

function readFileOf<Schema extends z.ZodType>(flag: string, file: string, schema: Schema): z.output<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new FlagError(`--${flag}: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new FlagError(describe(parsed.error, `--${flag} ${file}: `));
  return parsed.data;
}

function describe(error: z.ZodError, prefix: string): string {
  return inputFaults(error)
    .map(({ path, message }) => `${prefix}${path}: ${message}`)
    .join('\n');
}
