import { readFileSync } from 'node:fs';
import type { Adoption, Fault } from '@backstop/core';
import { z } from 'zod';
import { adoptionSchema } from './adoption-schema.ts';
import { InputError } from './input-error.ts';
import { accountName } from './names.ts';
import { REPORT, toFaults } from './to-faults.ts';

/** By account, what becomes of its positions that no plan opened. */
export type AdoptionOf = (account: string) => Adoption;

const IGNORE: Adoption = { mode: 'ignore' };

const fileSchema = z.strictObject({
  default: adoptionSchema.default(IGNORE),
  accounts: z.record(accountName, adoptionSchema).default({}),
});

/**
 * Reads {"default": {"mode": "ignore"}, "accounts": {"main": {"mode": "protect-only", "stopDistancePercent": 5}}}; without a
 * file every account ignores. Throws one InputError with all faults.
 */
export function readAdoptionFile(file: string | undefined, accounts: readonly string[]): AdoptionOf {
  const { adoptionOf, faults } = parseAdoptionFile(file, accounts);
  if (faults.length > 0) throw new InputError('what becomes of positions without a plan is not usable', faults);
  return adoptionOf;
}

/** Reads what is there and tells what is wrong with it. `accounts` undefined = they are not known. */
export function parseAdoptionFile(
  file: string | undefined,
  accounts: readonly string[] | undefined,
): { readonly adoptionOf: AdoptionOf; readonly faults: readonly Fault[] } {
  if (file === undefined) return { adoptionOf: () => IGNORE, faults: [] };
  const raw = readJson(file);
  if (raw === undefined) return failed([{ path: file, message: 'cannot be read, or is no JSON' }]);

  const result = fileSchema.safeParse(raw, REPORT);
  if (!result.success) return failed(inFile(file, toFaults(result.error.issues)));
  const { default: common, accounts: own } = result.data;
  const unknown = Object.keys(own).filter((name) => accounts?.includes(name) === false);
  const faults = unknown.map((name) => ({ path: `accounts.${name}`, message: 'there is no such account' }));
  return { adoptionOf: (account) => own[account] ?? common, faults: inFile(file, faults) };
}

function inFile(file: string, faults: readonly Fault[]): readonly Fault[] {
  return faults.map(({ path, message }) => ({ path: `${file}: ${path}`, message }));
}

function failed(faults: readonly Fault[]): ReturnType<typeof parseAdoptionFile> {
  return { adoptionOf: () => IGNORE, faults };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
