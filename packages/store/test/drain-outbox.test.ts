import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toJson } from '@backstop/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drainOutbox } from '../src/archive/drain-outbox.ts';
import { migrate } from '../src/archive/migrate.ts';
import { openPglite } from '../src/archive/pglite.ts';
import type { Database, Sql } from '../src/archive/sql.ts';
import type { OutboxEntry } from '../src/index.ts';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backstop-drain-'));
  database = await openPglite(folder);
  await migrate(database);
}, 30_000);
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** `crashAt`: the statement before which the drainer dies; beyond the last one, it dies after the commit, before it trims. */
const attempt = fc.record({ size: fc.integer({ min: 1, max: 6 }), crashAt: fc.integer({ min: 0, max: 9 }) });
const history = fc.array(attempt, { minLength: 1, maxLength: 12 });

test('whatever a drainer does before it dies, each entry is stored exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (attempts) => {
      await database.run('truncate plans, lane_states, executions, decisions, events, outbox_offsets');
      const entries = mixedEntries(30);
      let trimmed = 0; // how many the reader believes to be stored: it learns that only from a reply
      for (const { size, crashAt } of attempts) {
        const run = entries.slice(trimmed, trimmed + size);
        const drained = await drainOutbox(dyingAt(database, crashAt), STREAM, run).catch(() => undefined);
        if (drained !== undefined) trimmed = entries.findIndex(({ id }) => id === drained.lastId) + 1;
        await expectStored(entries);
      }
      await drainOutbox(database, STREAM, entries.slice(trimmed));
      expect(await expectStored(entries)).toBe(entries.length);
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('migrations that were applied are not applied again', async () => {
  await expect(migrate(database)).resolves.toBeUndefined();
  await expect(database.query('select name from migrations')).resolves.toEqual([
    { name: '0001-archive.sql' },
    { name: '0002-decision-names.sql' },
  ]);
});

const STREAM = { bucket: 3, nonce: 'life' };

/** The archive holds the first entries up to its offset, and no others. Resolves with how many. */
async function expectStored(entries: readonly OutboxEntry[]): Promise<number> {
  const [row] = await database.query('select last_id from outbox_offsets');
  const count = entries.findIndex(({ id }) => id === row?.['last_id']) + 1;
  const rows = await database.query(
    'select at_ms::text as at from decisions union all select at_ms::text from events union all select at_ms::text from executions',
  );
  const stored = rows.map(({ at }) => Number(at)).toSorted((a, b) => a - b);
  expect(stored).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  return count;
}

/** Dies for good before its statement number `crashAt`, in a transaction or not. */
function dyingAt(sql: Database, crashAt: number): Sql {
  let statement = 0;
  const dying = (to: Sql): Sql => ({
    run: (text) => to.run(text),
    query: (text, parameters) => {
      statement += 1;
      return statement > crashAt ? Promise.reject(new Error('died')) : to.query(text, parameters);
    },
    transaction: (work) => to.transaction((inner) => work(dying(inner))),
  });
  return dying(sql);
}

function mixedEntries(count: number): readonly OutboxEntry[] {
  return Array.from({ length: count }, (_, index): OutboxEntry => {
    const id = `${index + 1}-0`;
    const ref = { account: 'main', symbol: 'BTCUSDT', positionIdx: 0, monitorId: 'm', lane: 'tp-sl' };
    const event = { id: `e${index}`, type: 'closed', atMs: index + 1, detail: {} };
    if (index % 3 === 0) return { id, type: 'decision', json: toJson({ ...ref, version: 1, decision: {} }) };
    if (index % 3 === 1) return { id, type: 'event', json: toJson({ ...ref, event }) };
    const execution = { ...ref, execId: `x${index}`, timeMs: index + 1, seq: 1, monitorIds: ['m'], raw: '{}' };
    return { id, type: 'execution', json: toJson(execution) };
  });
}
