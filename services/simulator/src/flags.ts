import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { inputFaults } from './sim/input-faults.ts';
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
  limits: z.enum(['real', 'off']).default('real'),
  clock: z.enum(['real', 'virtual']).default('real'),
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
  const setup = accounts === undefined ? { accounts: [], instruments: [] } : readSetup(accounts);
  return { port, host, config: { seed, latencyMs: latency, limits, clock, setup } };
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
const OPTIONS = { port: text, host: text, seed: text, latency: text, accounts: text, limits: text, clock: text };

function readSetup(file: string): Setup {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new FlagError(`--accounts: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = setupFile.safeParse(content);
  if (!parsed.success) throw new FlagError(describe(parsed.error, `--accounts ${file}: `));
  return parsed.data;
}

function describe(error: z.ZodError, prefix: string): string {
  return inputFaults(error)
    .map(({ path, message }) => `${prefix}${path}: ${message}`)
    .join('\n');
}
