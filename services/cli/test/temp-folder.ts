import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A folder for each test of the file that asks, which is gone after it. */
export interface TempFolder {
  readonly pathOf: (name: string) => string;
  /** Writes JSON that its owner alone may read; resolves with the file's path. */
  readonly write: (name: string, content: unknown) => Promise<string>;
}

export function useTempFolder(prefix: string): TempFolder {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), prefix));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });
  const pathOf = (name: string): string => path.join(dir, name);
  return {
    pathOf,
    write: async (name, content) => {
      await writeFile(pathOf(name), JSON.stringify(content), { mode: 0o600 });
      return pathOf(name);
    },
  };
}
