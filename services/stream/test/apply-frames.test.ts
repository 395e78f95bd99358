import { decimal, initialState, toJson, type Execution, type PrivateFrame } from '@backstop/core';
import { anEntryRow, anExecution, aPlan, aPosition, ownLinkId, PLAN_ID } from '@backstop/core/testing';
import { keepInstallation, peekCheck, putPlans, readCheck, recordCheck, type CheckRead } from '@backstop/store';
import { startRedis, type TestRedis } from '@backstop/store/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { applyFrames } from '../src/apply-frames.ts';
import { REF, SESSION, syncedAccount } from './synced-account.ts';

let server: TestRedis;
let told: object[];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

beforeEach(async () => {
  told = [];
  await syncedAccount(server.redis);
});

function apply(frames: readonly PrivateFrame[], session = SESSION) {
  const log = { info: note, warn: note, error: note };
  return applyFrames('main', frames, session, { redis: server.redis, log });
}

function frame(part: Partial<Pick<PrivateFrame, 'unreadable'>> & Pick<PrivateFrame, 'topic' | 'rows'>): PrivateFrame {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of the named topic
  return { createdMs: Date.now(), unreadable: [], ...part } as PrivateFrame;
}

function read(ref = REF): Promise<CheckRead> {
  return peekCheck(server.redis, ref);
}

const FILL = anExecution({ qty: decimal('40'), value: decimal('4000'), seq: 5 });

test('all frames of one turn are in afterwards, and every lane that has to look is named once', async () => {
  const woken = await apply([
    frame({ topic: 'execution', rows: [FILL, anExecution({ execId: 'exec-2', qty: decimal('60'), seq: 5 })] }),
    frame({ topic: 'order', rows: [anEntryRow('e1', '100', '95')] }),
    frame({ topic: 'position', rows: [aPosition({ size: decimal('40'), seq: 4 })] }),
    frame({ topic: 'position', rows: [aPosition({ size: decimal('100'), seq: 5 })] }),
  ]);
  expect(woken.map(({ ref, lane }) => `${ref.monitorId} ${lane}`).toSorted()).toEqual([
    `${PLAN_ID} limit-order`,
    `${PLAN_ID} tp-sl`,
  ]);
  const { position, orders, executed, executionsSeq } = await read();
  expect(position).toMatchObject({ vouched: true, patched: true, value: { size: decimal('100') } });
  expect(orders).toMatchObject({ vouched: true, value: [{ orderLinkId: ownLinkId('e1') }] });
  expect([executed.get('e0')?.qty, executionsSeq]).toEqual([decimal('100'), 5]);
});

test('an execution that comes again adds nothing and wakes nobody', async () => {
  await apply([frame({ topic: 'execution', rows: [FILL] })]);
  expect(await apply([frame({ topic: 'execution', rows: [FILL, FILL] })])).toEqual([]);
  expect((await read()).executed.get('e0')?.qty).toBe(decimal('40'));
});

test('an execution goes to the plan that trades its symbol, and one where no plan is to nobody', async () => {
  const foreign = { orderLinkId: '', timeMs: Date.now() } as const;
  const woken = await apply([
    frame({
      topic: 'execution',
      rows: [
        anExecution({ ...foreign, execId: 'a', symbol: 'OTHERUSDT' }),
        anExecution({ ...foreign, execId: 'b', symbol: 'ELSEUSDT' }),
      ],
    }),
  ]);
  expect(woken.map(({ ref, lane }) => `${ref.symbol} ${lane}`)).toEqual(['OTHERUSDT tp-sl', 'OTHERUSDT limit-order']);
  expect((await read()).executed.size).toBe(0);
});

test('at level debug the rows that are in are told, and none of a session that is over', async () => {
  const rows: object[] = [];
  const debug = (fields: object): void => void rows.push(fields);
  const log = { info: note, warn: note, error: note, isLevelEnabled: () => true, debug };
  const frames = [frame({ topic: 'position', rows: [aPosition({ seq: 4 })] })];
  await applyFrames('main', frames, 'session-0', { redis: server.redis, log });
  expect(rows).toEqual([]);
  await applyFrames('main', frames, SESSION, { redis: server.redis, log });
  expect(rows).toMatchObject([{ kind: 'position', seq: 4 }]);
});

test('rows of a session that is over change nothing, while what was executed was executed', async () => {
  const before = await read();
  await apply(
    [frame({ topic: 'position', rows: [aPosition({ seq: 9 })] }), frame({ topic: 'execution', rows: [FILL] })],
    'of before',
  );
  const { position, executed } = await read();
  expect(position).toEqual(before.position);
  expect(executed.get('e0')?.qty).toBe(decimal('40'));
});

test('an execution of a kind that nobody knows is told and not booked', async () => {
  const unknown = anExecution({ orderLinkId: '', execType: 'Wonder', timeMs: Date.now() });
  expect(await apply([frame({ topic: 'execution', rows: [unknown] })])).toEqual([]);
  expect(told).toMatchObject([{ account: 'main', execType: 'Wonder', symbol: 'ALICEUSDT' }]);
});

test('a row that cannot be read makes the rows of its symbol be read again; the rest of the frame counts', async () => {
  const unreadable = [{ symbol: 'ALICEUSDT', why: 'size: not a number' }];
  const other = aPosition({ symbol: 'OTHERUSDT', seq: 4 });
  const woken = await apply([frame({ topic: 'position', rows: [other], unreadable })]);
  expect(new Set(woken.map(({ ref }) => ref.symbol))).toEqual(new Set(['ALICEUSDT', 'OTHERUSDT']));
  expect((await read()).position).toMatchObject({ dirty: true });
  const { position } = await read({ ...REF, symbol: 'OTHERUSDT', monitorId: 'planbbbbbbbb' });
  expect(position).toMatchObject({ dirty: false, value: { seq: 4 } });
  expect(told).toMatchObject([{ topic: 'position', why: 'size: not a number' }]);
});

test('who is active is looked up once, not with each frame', async () => {
  await apply([frame({ topic: 'execution', rows: [FILL] })]);
  await server.redis.config('RESETSTAT');
  await apply([
    frame({ topic: 'execution', rows: [anExecution({ execId: 'exec-2', seq: 6 })] }),
    frame({ topic: 'order', rows: [anEntryRow('e1', '100', '95')] }),
  ]);
  const stats = await server.redis.info('commandstats');
  const calls = (name: string): number => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  expect({ scripts: calls('evalsha'), hgetall: calls('hgetall'), get: calls('get') }).toEqual({
    scripts: 2,
    hgetall: 1, // what is awaited, in the script
    get: 1, // the cursor of the executions, in the other
  });
});

test('whose order an execution is, is told by the letters of now in each new session, after a loss of Redis too', async () => {
  await server.redis.del('bs:{fleet}:installation');
  await keepInstallation(server.redis, 'old');
  await apply([frame({ topic: 'execution', rows: [FILL] })], 'before the loss');
  expect((await read()).executed.get('e0')).toBeUndefined();

  await syncedAccount(server.redis);
  await apply([frame({ topic: 'execution', rows: [FILL] })]);
  expect((await read()).executed.get('e0')?.qty).toBe(decimal('40'));
});

test('a plan that was accepted since the last frame has its fills, and one that was closed since has none', async () => {
  const taken = { ...REF, symbol: 'NEXTUSDT', monitorId: 'planccccccccc' } as const;
  expect(await apply([frame({ topic: 'execution', rows: [foreignFill('a')] })])).toEqual([]);

  const states = { 'tp-sl': toJson(initialState('tp-sl')), 'limit-order': toJson(initialState('limit-order')) };
  await putPlans(server.redis, [{ plan: aPlan({ id: taken.monitorId, symbol: taken.symbol }), states }]);
  const woken = await apply([frame({ topic: 'execution', rows: [foreignFill('b')] })]);
  expect(woken.map(({ ref }) => ref)).toEqual([taken, taken]);
  const position = aPosition({ symbol: 'NEXTUSDT', seq: 7 });
  expect(await apply([frame({ topic: 'position', rows: [position] })])).toMatchObject([{ ref: taken, lane: 'tp-sl' }]);

  await readCheck(server.redis, taken, 'tp-sl', 'token');
  const state = toJson(initialState('tp-sl'));
  const record = {
    ref: taken,
    lane: 'tp-sl',
    token: 'token',
    version: 0,
    state,
    events: [],
    dueInMs: undefined,
  } as const;
  await recordCheck(server.redis, { ...record, closed: true });
  expect(await apply([frame({ topic: 'execution', rows: [foreignFill('c')] })])).toEqual([]);
});

test('a row that does not even say where it is leaves nothing to trust: it rejects', async () => {
  const unreadable = [{ symbol: undefined, why: 'not an object' }];
  await expect(apply([frame({ topic: 'order', rows: [], unreadable })])).rejects.toThrow('a row without a symbol');
});

function foreignFill(execId: string): Execution {
  return anExecution({ execId, orderLinkId: '', symbol: 'NEXTUSDT', timeMs: Date.now() });
}

function note(fields: object): void {
  told.push(fields);
}
