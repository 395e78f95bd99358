import type { Fault } from '@backstop/core';
import { parseAccountsFile } from './accounts-file.ts';
import type { Credentials } from './accounts-file.ts';

export type AccountsResult =
  | { readonly ok: true; readonly accounts: readonly Credentials[]; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export interface AccountsQuery {
  /** {"accounts": [{"name", "apiKey", "secret"}]}; undefined = the environment alone. */
  readonly file?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** The accounts that must have credentials; undefined = whoever is in the file. */
  readonly names?: readonly string[] | undefined;
}

/**
 * Reads the credentials of accounts from a file and, for what it does not hold, from BACKSTOP_<NAME>_API_KEY and
 * BACKSTOP_<NAME>_API_SECRET. All faults at once, each naming the account and what to set; nothing read is ever repeated.
 */
export function readAccounts({ file, env, names }: AccountsQuery): AccountsResult {
  const { listed, warnings, faults: inFile } = file === undefined ? NO_FILE : parseAccountsFile(file);
  const faults = [...inFile];
  const accounts = [...new Set(names ?? listed.map(({ name }) => name))].map((name) => {
    const fromFile = listed.find((account) => account.name === name);
    const read = (field: 'apiKey' | 'secret', variable: string): string => {
      const value = fromFile?.[field] ?? env[variable]?.trim() ?? '';
      if (value === '')
        faults.push({
          path: `accounts.${name}.${field}`,
          message: `missing: set ${variable}, or give it in an accounts file`,
        });
      return value;
    };
    return {
      name,
      apiKey: read('apiKey', `${prefixOf(name)}_API_KEY`),
      secret: read('secret', `${prefixOf(name)}_API_SECRET`),
    };
  });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, accounts, warnings };
}

const NO_FILE = { listed: [], warnings: [], faults: [] };

function prefixOf(name: string): string {
  return `BACKSTOP_${name.toUpperCase().replaceAll('-', '_')}`;
}
