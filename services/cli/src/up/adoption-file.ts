import path from 'node:path';
import { parseAdoptionFile } from '@backstop/intake';
import type { AccountsResult } from '@backstop/intake';

/**
 * The file that tells maintenance what becomes of positions that no plan opened, by the flag, else by the environment; checked
 * here, so that nothing starts with a faulty one. undefined = there is none, and they are left alone.
 */
export function adoptionFile(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  accounts: AccountsResult,
): { readonly file: string | undefined; readonly faults: readonly string[] } {
  const given = flag ?? env['BACKSTOP_ADOPTION_FILE'] ?? '';
  if (given === '') return { file: undefined, faults: [] };

  const file = path.resolve(given);
  const names = accounts.ok ? accounts.accounts.map(({ name }) => name) : undefined;
  const { faults } = parseAdoptionFile(file, names);
  return { file, faults: faults.map((fault) => `${fault.path}: ${fault.message}`) };
}
