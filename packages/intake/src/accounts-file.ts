import { readFileSync, statSync } from 'node:fs';
import type { Fault } from '@backstop/core';
import { z } from 'zod';
import { InputError } from './input-error.ts';
import { accountName } from './names.ts';
import { REPORT, toFaults } from './to-faults.ts';

export interface Credentials {
  readonly name: string;
  readonly apiKey: string;
  readonly secret: string;
}

/** An account as the file has it: what is missing may come from the environment. */
type ListedAccount = z.output<typeof listedAccount>;

export interface AccountsFile {
  readonly listed: readonly ListedAccount[];
  readonly warnings: readonly string[];
  readonly faults: readonly Fault[];
}

const credential = z.string('is missing').trim().min(1, 'is empty');
const listedAccount = z.strictObject({
  name: accountName,
  apiKey: credential.optional(),
  secret: credential.optional(),
});
const fileSchema = z.strictObject({ accounts: z.array(listedAccount).min(1, 'expected at least one account') });

/**
 * Reads {"accounts": [{"name", "apiKey", "secret"}]} for a service, which needs both of each account. Throws one InputError
 * with all faults; what the file holds is never repeated.
 */
export function readAccountsFile(file: string): { accounts: readonly Credentials[]; warnings: readonly string[] } {
  const { listed, warnings, faults } = parseAccountsFile(file);
  const complete = listed.flatMap(({ name, apiKey, secret }) =>
    apiKey === undefined || secret === undefined ? [] : [{ name, apiKey, secret }],
  );
  const incomplete = listed.flatMap(({ name, apiKey, secret }) => [
    ...(apiKey === undefined ? [{ path: `accounts.${name}.apiKey`, message: 'missing' }] : []),
    ...(secret === undefined ? [{ path: `accounts.${name}.secret`, message: 'missing' }] : []),
  ]);
  const all = [...faults, ...incomplete];
  if (all.length > 0) throw new InputError(`the accounts file ${file} is not usable`, all);
  return { accounts: complete, warnings };
}

/** Reads what is there and tells what is wrong with it. */
export function parseAccountsFile(file: string): AccountsFile {
  const text = readText(file);
  if (text === undefined) return failed([{ path: file, message: 'cannot be read' }]);

  const result = fileSchema.safeParse(parseJson(text), REPORT);
  if (!result.success)
    return failed(toFaults(result.error.issues).map((fault) => ({ ...fault, path: `${file}: ${fault.path}` })));

  const { accounts } = result.data;
  const openToOthers = (statSync(file).mode & 0o077) !== 0;
  return {
    listed: accounts,
    warnings: openToOthers ? [`${file} holds secrets and other users can read it: chmod 600 it`] : [],
    faults: accounts.flatMap(({ name }, index) =>
      accounts.findIndex((other) => other.name === name) === index
        ? []
        : [{ path: `${file}: accounts[${index}].name`, message: `${name} is listed twice` }],
    ),
  };
}

function failed(faults: readonly Fault[]): AccountsFile {
  return { listed: [], warnings: [], faults };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** undefined for text that is no JSON: the parser's own message would repeat what it read. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
