import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArchive, type Archive } from '@backstop/store';

/** An embedded archive in a folder of its own, which can be closed and opened again as after a crash. */
export interface TestArchive extends AsyncDisposable {
  readonly open: () => Promise<Archive>;
}

export async function testArchive(): Promise<TestArchive> {
  const folder = await mkdtemp(join(tmpdir(), 'backstop-archive-'));
  const opened: Archive[] = [];
  return {
    open: async () => {
      await opened.pop()?.close();
      const archive = await openArchive({ dataDir: join(folder, 'data') });
      opened.push(archive);
      return archive;
    },
    [Symbol.asyncDispose]: async () => {
      await opened.pop()?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
