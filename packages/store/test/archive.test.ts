import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decimal, toJson, type Plan } from '@backstop/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openArchive, type Archive, type ArchiveLocation, type OutboxEntry } from '../src/index.ts';
import { startPostgres } from '../testing/postgres-server.ts';

const folder = await mkdtemp(join(tmpdir(), 'backstop-archive-'));
const server = await startPostgres();
afterAll(async () => {
  if (typeof server !== 'string') await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Each test drains into buckets of its own: one database serves them all. */
let lastBucket = 0;
function aBucket(): number {
  return (lastBucket += 1);
}

describe('PGlite', () => {
  behavesAsArchive(async () => ({ dataDir: join(folder, 'pglite') }));
});

describe.skipIf(typeof server === 'string')(
  `Postgres${typeof server === 'string' ? ` (not here: ${server})` : ''}`,
  () => {
    behavesAsArchive(async () => ({ databaseUrl: await aDatabase() }));

    test('two drainers of one bucket store each entry once', async () => {
      const databaseUrl = await aDatabase();
      await using one = await openArchive({ databaseUrl });
      await using two = await openArchive({ databaseUrl });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat({ max: 30 }), { minLength: 2, maxLength: 8 }), async (ends) => {
          const bucket = aBucket();
          const entries = someEntries(30);
          const before = await one.counts();
          const runs = ends.map((end, index) =>
            (index % 2 === 0 ? one : two).drain(bucket, `n${bucket}`, entries.slice(0, end)),
          );
          const stored = (await Promise.all(runs)).reduce((total, drained) => total + drained.stored, 0);
          expect(stored).toBe(Math.max(...ends));
          expect((await one.counts()).decisions - before.decisions).toBe(stored);
        }),
        { numRuns: 20 },
      );
    });

    test('of several that migrate at once, one does it and all can work', async () => {
      const databaseUrl = await aDatabase();
      const archives = await Promise.all(Array.from({ length: 4 }, () => openArchive({ databaseUrl })));
      for (const archive of archives) {
        await expect(archive.counts()).resolves.toMatchObject({ plans: 0 });
        await archive.close();
      }
    });

    test('a server that does not answer is an error', async () => {
      await expect(openArchive({ databaseUrl: 'postgres://postgres@127.0.0.1:1/none' })).rejects.toThrow(
        'ECONNREFUSED',
      );
    });
  },
);

function behavesAsArchive(locate: () => Promise<ArchiveLocation>): void {
  let location: ArchiveLocation;
  let archive: Archive;
  beforeAll(async () => {
    location = await locate();
    archive = await openArchive(location);
  }, 30_000);
  afterAll(() => archive.close());

  test('another nonce is another stream, which starts at its beginning', async () => {
    const bucket = aBucket();
    await archive.drain(bucket, 'first', someEntries(5));
    await expect(archive.offset(bucket, 'first')).resolves.toBe('1000-5');
    await expect(archive.offset(bucket, 'second')).resolves.toBe('0');

    await expect(archive.drain(bucket, 'second', someEntries(2))).resolves.toEqual({
      stored: 2,
      skipped: 0,
      lastId: '1000-2',
    });
    await expect(archive.offset(bucket, 'first')).resolves.toBe('0');
  });

  test('entries are ordered by number, not by text', async () => {
    const bucket = aBucket();
    await archive.drain(bucket, 'n', [anEntry('999-0', 'decision', aDecision())]);
    const later = [anEntry('1000-9', 'decision', aDecision()), anEntry('1000-10', 'decision', aDecision())];
    await expect(archive.drain(bucket, 'n', later)).resolves.toMatchObject({ stored: 2, lastId: '1000-10' });
  });

  test('a plan comes back to the digit until its monitor is closed', async () => {
    const bucket = aBucket();
    const plan = aPlan('aaaaaaaaaaaa');
    await archive.drain(bucket, 'n', [anEntry('1-1', 'planned', aPlanned(plan))]);
    expect(await planOf(archive, plan.id)).toEqual(plan);
    await expect(archive.isClosed(plan.id)).resolves.toBe(false);

    await archive.drain(bucket, 'n', [anEntry('2-1', 'state', aState(plan, { version: 7, closed: true }))]);
    expect(await planOf(archive, plan.id)).toBeUndefined();
    await expect(archive.isClosed(plan.id)).resolves.toBe(true);
    await expect(archive.isClosed('never-seen')).resolves.toBe(false);
  });

  test('a plan that is accepted and closed in one run of entries is closed, and one accepted again is active', async () => {
    const bucket = aBucket();
    const plan = aPlan('bbbbbbbbbbbb');
    const closed = aState(plan, { version: 1, closed: true });
    await archive.drain(bucket, 'n', [anEntry('1-1', 'planned', aPlanned(plan)), anEntry('1-2', 'state', closed)]);
    await expect(archive.isClosed(plan.id)).resolves.toBe(true);

    await archive.drain(bucket, 'n', [anEntry('2-1', 'state', closed), anEntry('2-2', 'planned', aPlanned(plan))]);
    await expect(archive.isClosed(plan.id)).resolves.toBe(false);
  });

  test('a plan is known for ever, active or closed, and one that was never accepted is not', async () => {
    const bucket = aBucket();
    const [active, closed] = [aPlan('cccccccccccc'), aPlan('dddddddddddd')];
    await archive.drain(bucket, 'n', [
      anEntry('1-1', 'planned', aPlanned(active)),
      anEntry('1-2', 'planned', aPlanned(closed)),
      anEntry('2-1', 'state', aState(closed, { version: 1, closed: true })),
    ]);
    const known = await archive.knownPlans([active.id, closed.id, 'eeeeeeeeeeee']);
    expect(known).toEqual({ active: [active.id], closed: [closed.id] });
    await expect(archive.knownPlans([])).resolves.toEqual({ active: [], closed: [] });
  });

  test('events come back newest first, of one monitor or of all, and each id once', async () => {
    const bucket = aBucket();
    const events = [1, 2, 3].map((at) =>
      anEntry(`${at}-1`, 'event', anEvent(`ev${bucket}-${at}`, `mon${bucket}`, 9_000_000 + at)),
    );
    await archive.drain(bucket, 'n', events);
    await archive.drain(aBucket(), 'n', events);

    const last = await archive.lastEvents(`mon${bucket}`, 2);
    expect(last.map(({ id }) => id)).toEqual([`ev${bucket}-3`, `ev${bucket}-2`]);
    expect(last[0]).toMatchObject({
      monitorId: `mon${bucket}`,
      account: 'main',
      lane: 'tp-sl',
      type: 'entry-filled',
      atMs: 9_000_003,
    });
    expect(JSON.parse(last[0]?.json ?? '')).toMatchObject({ detail: { qty: '0.1' } });
    await expect(archive.lastEvents(undefined, 1)).resolves.toHaveLength(1);
  });

  test('an execution is stored once per account, whoever tells of it', async () => {
    const before = await archive.counts();
    const execution = {
      account: 'main',
      execId: `x${aBucket()}`,
      timeMs: 5,
      seq: 6,
      symbol: 'BTCUSDT',
      monitorIds: ['m'],
    };
    const json = toJson({
      ...execution,
      raw: toJson({ side: 'Buy', price: decimal('0.000000000001'), qty: decimal('1') }),
    });
    await archive.drain(aBucket(), 'n', [anEntry('1-1', 'execution', json)]);
    await archive.drain(aBucket(), 'n', [anEntry('1-1', 'execution', json), anEntry('1-2', 'execution', json)]);
    expect((await archive.counts()).executions - before.executions).toBe(1);
  });

  test('entries that nobody can read are kept as they came and hold up nothing', async () => {
    const bucket = aBucket();
    const odd = [
      '',
      'no json',
      '[]',
      '{"a":"\\u0000"}',
      '{"a":"\\ud800"}',
      'null',
      '{"monitorId":"a\\u0000b"}',
      toJson({ monitorId: 7 }),
    ];
    const types = ['planned', 'state', 'event', 'decision', 'execution', 'later-type\0'];
    const entries = odd.flatMap((json, i) => types.map((type, j) => ({ id: `5-${i * 10 + j + 1}`, type, json })));
    const before = await archive.counts();
    const readable = anEntry('6-1', 'decision', aDecision());
    await expect(archive.drain(bucket, 'n', [...entries, readable])).resolves.toMatchObject({
      stored: entries.length + 1,
    });

    const after = await archive.counts();
    expect(after.events - before.events).toBe(entries.length);
    expect(after.decisions - before.decisions).toBe(1);
    const kept = await archive.lastEvents(undefined, 1_000);
    expect(kept).toContainEqual(expect.objectContaining({ type: 'raw:planned', json: '"no json"' }));
  });
}

async function aDatabase(): Promise<string> {
  if (typeof server === 'string') throw new Error(server);
  return server.database();
}

function anEntry(id: string, type: OutboxEntry['type'], json: string): OutboxEntry {
  return { id, type, json };
}

function someEntries(count: number): readonly OutboxEntry[] {
  return Array.from({ length: count }, (_, index) => anEntry(`1000-${index + 1}`, 'decision', aDecision()));
}

function aDecision(): string {
  return toJson({ ...REF, monitorId: 'm', lane: 'tp-sl', version: 3, decision: { actions: [], stop: decimal('0.1') } });
}

function anEvent(id: string, monitorId: string, atMs: number): string {
  return toJson({
    ...REF,
    monitorId,
    lane: 'tp-sl',
    event: { id, type: 'entry-filled', atMs, detail: { qty: '0.1' } },
  });
}

function aPlanned(plan: Plan): string {
  return toJson({
    ...REF,
    monitorId: plan.id,
    plan,
    states: { 'tp-sl': toJson({ stage: 'waiting' }), 'limit-order': toJson({}) },
  });
}

function aState(plan: Plan, { version, closed }: { version: number; closed: boolean }): string {
  return toJson({ ...REF, monitorId: plan.id, lane: 'tp-sl', version, state: toJson({ stage: 'closed' }), closed });
}

async function planOf(archive: Archive, id: string): Promise<Plan | undefined> {
  return (await archive.activePlans()).find((plan) => plan.id === id);
}

const REF = { account: 'main', symbol: 'BTCUSDT', positionIdx: 0 };

function aPlan(id: string): Plan {
  return {
    id,
    account: 'main',
    symbol: 'BTCUSDT',
    positionIdx: 0,
    side: 'Buy',
    entries: [{ leg: 'e1', type: 'Limit', qty: decimal('123456789012345.123456789012'), price: decimal('0.1') }],
    takeProfits: [{ leg: 't1', price: decimal('70000.10'), share: decimal('1') }],
    stopLoss: { triggerPrice: decimal('0.000000000001'), triggerBy: 'MarkPrice' },
    marketEntryDeadlineMs: 1_900_000_000_000,
    takerFeeRate: decimal('0.00055'),
    createdAtMs: 1_800_000_000_000,
    restoreEpoch: 0,
  };
}
