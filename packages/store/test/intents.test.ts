import { expect, test } from 'vitest';
import { accountKeys, closeIntents, openIntents, readCheck, type Intent, type IntentReply } from '../src/index.ts';
import { accept, redisMs, REF, useRedis } from './account.ts';

const redis = useRedis();

interface Attempt {
  readonly token: string;
  readonly id: string;
  readonly absolute?: boolean;
  readonly lane?: Intent['lane'];
  readonly recvWindowMs?: number;
}

function open({ token, id, absolute = false, lane = 'tp-sl', ...rest }: Attempt): Promise<IntentReply> {
  return openIntents(redis(), { ref: REF, lane, token, intents: [{ id, type: 'create', absolute }], ...rest });
}

const fence = (token: string, lane: Intent['lane'] = 'tp-sl') => readCheck(redis(), REF, lane, token);

test('S-29 an intent holds until recv_window and 1.5 s have passed by Redis time', async () => {
  await accept(redis(), REF);
  await fence('a');
  const before = await redisMs(redis());
  const reply = await open({ token: 'a', id: 'i1' });
  if (!reply.ok) throw new Error(reply.why);
  expect(reply.deadlineMs - before).toBeGreaterThanOrEqual(3_500);
  expect(reply.deadlineMs - before).toBeLessThan(4_000);
});

test('S-33 a job whose fence another one took may not send, and leaves no trace', async () => {
  await accept(redis(), REF);
  await fence('a');
  await fence('b');
  expect(await open({ token: 'a', id: 'i1', absolute: true })).toEqual({ ok: false, why: 'fenced' });
  expect(await fence('b')).toMatchObject({ intents: [], epoch: 0, dirtyEpoch: 0 });
});

test('nobody may send for a monitor that was never read', async () => {
  expect(await open({ token: 'a', id: 'i1' })).toEqual({ ok: false, why: 'fenced' });
});

test('S-29 a successor waits for the open intent of its predecessor', async () => {
  await accept(redis(), REF);
  await fence('a');
  await open({ token: 'a', id: 'i1' });
  await fence('b');
  expect(await open({ token: 'b', id: 'i2' })).toEqual({ ok: false, why: 'foreign-intent' });

  await closeIntents(redis(), REF, ['i1']);
  expect(await open({ token: 'b', id: 'i2' })).toMatchObject({ ok: true });
});

test('what is absolute may be sent beside a foreign intent, but not together with something that is not', async () => {
  await accept(redis(), REF);
  await fence('a');
  await open({ token: 'a', id: 'i1' });
  await fence('b');

  const intents = [
    { id: 'i2', type: 'set-stop', absolute: true },
    { id: 'i3', type: 'create', absolute: false },
  ] as const;
  const request = { ref: REF, lane: 'tp-sl', token: 'b', intents } as const;
  expect(await openIntents(redis(), request)).toEqual({ ok: false, why: 'foreign-intent' });
  expect(await open({ token: 'b', id: 'i2', absolute: true })).toMatchObject({ ok: true });
});

test('a foreign intent past its deadline does not hold anybody up, and stays to be looked up', async () => {
  await accept(redis(), REF);
  await fence('a');
  await open({ token: 'a', id: 'i1', recvWindowMs: -1_600 });
  await fence('b');
  expect(await open({ token: 'b', id: 'i2' })).toMatchObject({ ok: true });
  expect((await fence('b')).intents.map(({ id }) => id).toSorted()).toEqual(['i1', 'i2']);
});

test('the lanes do not wait for one another', async () => {
  await accept(redis(), REF);
  await fence('a', 'tp-sl');
  await fence('b', 'limit-order');
  expect(await open({ token: 'a', id: 'i1' })).toMatchObject({ ok: true });
  expect(await open({ token: 'b', id: 'i2', lane: 'limit-order' })).toMatchObject({ ok: true });
});

test('one job may have several intents open', async () => {
  await accept(redis(), REF);
  await fence('a');
  expect(await open({ token: 'a', id: 'i1' })).toMatchObject({ ok: true, epoch: 1 });
  expect(await open({ token: 'a', id: 'i2' })).toMatchObject({ ok: true, epoch: 2 });
});

test('a check reads all that is known about open intents', async () => {
  await accept(redis(), REF);
  await fence('a');
  const intents = [
    { id: 'i1', orderLinkId: 'bs-abcaaaaaaaaaaaa-t1-0-0', type: 'create', absolute: true },
    { id: 'i2', type: 'cancel', absolute: false },
  ] as const;
  const reply = await openIntents(redis(), { ref: REF, lane: 'tp-sl', token: 'a', intents });
  if (!reply.ok) throw new Error(reply.why);

  const known = { lane: 'tp-sl', token: 'a', deadlineMs: reply.deadlineMs };
  const read = (await fence('b')).intents.toSorted((one, other) => one.id.localeCompare(other.id));
  expect(read).toEqual(intents.map((intent) => ({ ...known, ...intent })));
});

test('F-33 of many jobs that take the fence from one another, no two ever have non-absolute intents open at once', async () => {
  await accept(redis(), REF);
  const sent: string[] = [];
  const job = async (token: string) => {
    await fence(token);
    const reply = await open({ token, id: token });
    if (!reply.ok) return;

    const others = (await redis().hkeys(accountKeys(REF.account).intents(REF.monitorId))).filter((id) => id !== token);
    sent.push(token);
    expect(others).toEqual([]);
    await closeIntents(redis(), REF, [token]);
  };
  await Promise.all(Array.from({ length: 50 }, (_, index) => job(`job-${index}`)));
  expect(sent.length).toBeGreaterThan(0);
});

test('closing counts what was open, and closing twice or nothing changes nothing', async () => {
  await accept(redis(), REF);
  await fence('a');
  await open({ token: 'a', id: 'i1' });
  expect(await closeIntents(redis(), REF, ['i1', 'i9'])).toBe(1);
  const { epoch } = await fence('a');
  expect(await closeIntents(redis(), REF, ['i1'])).toBe(0);
  expect(await closeIntents(redis(), REF, [])).toBe(0);
  expect((await fence('a')).epoch).toBe(epoch);
});

test('S-20 a new entry is not sent once the tp-sl lane or the executions have moved on', async () => {
  await accept(redis(), REF);
  await fence('a', 'limit-order');
  const keys = accountKeys(REF.account);
  const attempt = (unless: { tpSlVersionAbove: number; executionsSeqAbove: number }): Promise<IntentReply> =>
    openIntents(redis(), {
      ref: REF,
      lane: 'limit-order',
      token: 'a',
      intents: [{ id: 'i1', type: 'create', absolute: true }],
      unless,
    });
  const read = { tpSlVersionAbove: 0, executionsSeqAbove: -1 };

  await redis().hset(keys.executed(REF.monitorId), 'seq', 7);
  expect(await attempt(read)).toEqual({ ok: false, why: 'moved-on' });
  await redis().hset(keys.lane(REF.monitorId, 'tp-sl'), 'version', 1);
  expect(await attempt({ ...read, executionsSeqAbove: 7 })).toEqual({ ok: false, why: 'moved-on' });
  expect(await attempt({ tpSlVersionAbove: 1, executionsSeqAbove: 7 })).toMatchObject({ ok: true });
});
