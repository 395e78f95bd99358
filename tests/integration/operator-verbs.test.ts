import { runProgram } from '@backstop/cli/program';
import { limitEntry, marketEntry } from '@backstop/core/testing';
import { openReceipts, refreshAccount } from '@backstop/desk';
import { answerCommand } from '@backstop/maintenance/answer-command';
import { lastDecisions, maintenanceWorker, setAccounts, type Archive, type MonitorRef } from '@backstop/store';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { testArchive, type TestArchive } from '../support/archive.ts';
import { closeMonitor } from '../support/close-monitor.ts';
import { marketPlan, planOn } from '../support/plans.ts';
import { protect, SOON } from '../support/protect.ts';
import { openLegs } from '../support/truth.ts';
import { useRig } from '../support/use-rig.ts';
import { SYMBOLS } from '../support/venue.ts';

const rig = useRig();
let folder: TestArchive;
let archive: Archive;

beforeEach(async () => {
  folder = await testArchive();
  archive = await folder.open();
  await setAccounts(rig().redis, ['main']);
});
afterEach(() => folder[Symbol.asyncDispose]());

interface Said {
  readonly text: string;
  /** 0 = all is well. */
  readonly code: number;
  readonly error: string;
}

async function say(...args: readonly string[]): Promise<Said> {
  const lines: string[] = [];
  const print = (text: string): void => void lines.push(text);
  const context = { env: { REDIS_URL: rig().redisUrl }, signal: AbortSignal.timeout(30_000), print, warn: print };
  try {
    await runProgram(args, context);
    return { text: lines.join('\n'), code: 0, error: '' };
  } catch (error) {
    if (!(error instanceof Error) || !('exitCode' in error)) throw error;
    return { text: lines.join('\n'), code: Number(error.exitCode), error: error.message };
  }
}

/** A long of 100 with its whole ladder, its stop and an entry at 95. */
async function protectedLong(): Promise<MonitorRef> {
  const ref = await rig().accept(planOn('main', 0, { entries: [marketEntry('100'), limitEntry('e1', '100', '95')] }));
  const seat = await rig().seat();
  await protect(rig(), [seat], ref, { legs: ['e1', 't1', 't2', 't3', 't4'] });
  await rig().forget(ref);
  await seat.check(ref);
  return ref;
}

const wake = (): Promise<void> => Promise.resolve();

/** Maintenance, as far as commands go: accounts are read from the exchange as it does. */
async function maintenance(): Promise<void> {
  const { exchangeOf, installation } = await rig().seat();
  const receipts = openReceipts();
  const refresh = (account: string): Promise<string> =>
    refreshAccount(account, AbortSignal.timeout(5_000), {
      redis: rig().redis,
      exchangeOf,
      installation,
      receipts,
      wake,
    });
  const worker = maintenanceWorker(rig().redisUrl, (command) =>
    answerCommand(command, { redis: rig().redis, archive, refresh }),
  );
  onTestFinished(() => worker.close());
  await worker.ready();
}

describe('of a position that is as it should be', () => {
  test('doctor finds nothing, plan keeps everything, and why says that nothing is sent', async () => {
    const ref = await protectedLong();
    expect(await say('doctor')).toEqual({ text: 'nothing found', code: 0, error: '' });

    const planned = await say('plan', '--account', 'main');
    expect(planned.code).toBe(0);
    for (const item of ['stop', 'e1', 't1', 't2', 't3', 't4']) {
      expect(planned.text).toMatch(new RegExp(`main +${ref.symbol} +${ref.monitorId} +${item} +keep `));
    }
    expect(planned.text).toContain('nothing differs; nothing was sent');

    const why = await say('why', `main:${ref.symbol}`);
    expect(why.text).toContain(`main:${ref.symbol}:0  ${ref.monitorId}  Buy, open`);
    expect(why.text).toMatch(/^next +nothing is sent: what stands is what is wanted; next check in \d/m);
    expect(why.text).toMatch(/^stop +wanted 90, stands at 90, verified on both rows$/m);
    expect(why.text).toMatch(/take-profit +t1 +110 +85 +85 +0 +rests/);
    expect(why.text).toMatch(/entry +e0 +market +0 +0 +100 +filled/);
    expect(why.text).toMatch(/set stop 90|create t1 85 at 110 \(missing\): done/);
  });

  test('no verb sends anything', async () => {
    const ref = await protectedLong();
    await maintenance();
    await rig().venue.cancel({ ...ref, orderLinkId: await linkIdOf(ref, 't1') });
    const writes = async (): Promise<number> =>
      (await rig().venue.truth()).requests
        .filter(({ endpoint }) => /create|amend|cancel|trading-stop/.test(endpoint))
        .reduce((sum, { count }) => sum + count, 0);
    const before = await writes();
    await say('plan', '--fresh');
    await say('doctor', '--fresh');
    await say('why', ref.monitorId);
    expect(await writes()).toBe(before);
  });
});

describe('of a take-profit that somebody cancelled', () => {
  test('F-02 doctor names it, plan shows the create, why tells it, the next check repairs it, and then nothing is found', async () => {
    const ref = await protectedLong();
    await maintenance();
    await rig().venue.cancel({ ...ref, orderLinkId: await linkIdOf(ref, 't1') });

    const found = await say('doctor', '--fresh');
    expect(found).toMatchObject({ code: 1, error: '1 anomaly found' });
    expect(found.text).toMatch(/TakeProfitsTooSmall +3 take-profits for 15, the position is 100/);
    const planned = JSON.parse((await say('plan', '--monitor', ref.monitorId, '--json')).text) as Planned;
    expect(planned.monitors).toMatchObject([{ monitorId: ref.monitorId, readsFirst: expect.any(String) }]);
    expect((await say('why', ref.monitorId.slice(0, 10))).text).toMatch(/reads executions/);

    const seat = await rig().seat();
    rig().work([seat]);
    await rig().forget(ref);
    await expect
      .poll(async () => openLegs(await rig().venue.truth(), ref), SOON)
      .toEqual(['e1', 't1', 't2', 't3', 't4']);
    await rig().rest();
    expect(await say('doctor', '--fresh')).toMatchObject({ text: 'nothing found', code: 0 });
  });

  test('F-31 S-24 a position and an order that nobody here has made are named, and what to do about them', async () => {
    await protectedLong();
    await maintenance();
    const [, other = ''] = SYMBOLS;
    await rig().venue.trade({ account: 'main', symbol: other, side: 'Sell', qty: '3', orderType: 'Market' });
    await rig().venue.trade({
      account: 'main',
      symbol: other,
      side: 'Sell',
      qty: '2',
      orderType: 'Limit',
      price: '130',
    });

    const { text, code } = await say('doctor', '--fresh', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({
      anomalies: [
        {
          name: 'PositionWithoutMonitor',
          symbol: other,
          detail: expect.stringMatching(/^Sell 3 at .* WITHOUT a stop$/),
        },
        { name: 'ForeignOrder', symbol: other, detail: expect.stringContaining('Sell 2 at 130') },
      ],
    });
  });
});

test('why explains a monitor that has closed, too', async () => {
  const ref = await rig().accept(marketPlan('main', 0));
  await closeMonitor(rig().redis, ref);
  const { text, code } = await say('why', ref.monitorId);
  expect(code).toBe(0);
  expect(text).toMatch(/Buy, closed\nnext +nothing: it is closed$/m);
  expect(text).toMatch(/^stop +none: it is closed$/m);
});

describe('what is asked wrongly', () => {
  test('an account and a monitor that do not exist are both named, with exit code 2', async () => {
    const { code, error, text } = await say('plan', '--account', 'nobody', '--monitor', 'aaaaaaaaaaaa');
    expect({ code, text }).toEqual({ code: 2, text: '' });
    expect(error.split('\n')).toEqual([
      'nothing was asked:',
      '  --account: unknown account nobody; there is main',
      '  --monitor: there is no active monitor aaaaaaaaaaaa',
    ]);
    expect(await say('doctor', '--account', 'Main!')).toMatchObject({
      code: 2,
      error: expect.stringContaining('--account: '),
    });
  });

  test('a beginning that several monitors share lists them, one that none has is told, both with exit code 2', async () => {
    const refs = await rig().put(marketPlan('main', 0), marketPlan('main', 1));
    const { code, error } = await say('why', 'main:COIN');
    expect(code).toBe(2);
    expect(error.split('\n')).toHaveLength(3);
    for (const { monitorId, symbol } of refs) expect(error).toContain(`${monitorId}  main:${symbol}:0  Buy, waiting`);
    expect(await say('why', 'main:BTC')).toMatchObject({
      code: 2,
      error: expect.stringContaining('there is no monitor'),
    });
  });
});

describe('replay', () => {
  test('each decision that why lists can be made again with the same result; an unknown one has exit code 2', async () => {
    const ref = await protectedLong();
    await maintenance();
    const decisions = await lastDecisions(rig().redis, ref);
    expect(decisions.length).toBeGreaterThan(0);
    for (const { id } of decisions) {
      const replayed = await say('replay', id);
      expect(replayed).toMatchObject({ code: 0, error: '' });
      expect(replayed.text).toMatch(/the same as now[^]*the same comes out$/);
    }
    expect(await say('replay', 'aaaaaaaaaaaa-t0-1')).toMatchObject({
      code: 2,
      error: expect.stringContaining('knows no decision'),
    });
  });

  test('a record whose inputs come to something else is told with the difference, and exit code 1', async () => {
    const worker = maintenanceWorker(rig().redisUrl, async (command) => {
      const { json } = await answerCommand(command, {
        redis: rig().redis,
        archive,
        refresh: () => Promise.resolve(''),
      });
      return {
        json: String(json).replace(
          '"takeProfits":[{"leg":"t1","price":"110d"',
          '"takeProfits":[{"leg":"t1","price":"112d"',
        ),
      };
    });
    onTestFinished(() => worker.close());
    await worker.ready();
    const ref = await protectedLong();
    const decisions = await lastDecisions(rig().redis, ref);
    const ladder = decisions.find(({ outcomes }) => outcomes.some((text) => text.startsWith('create t1')));
    const { code, text } = await say('replay', ladder?.id ?? '');
    expect(code).toBe(1);
    expect(text).toContain('- create t1 85 at 110 (missing)\n+ create t1 85 at 112 (missing)');
  });
});

interface Planned {
  readonly monitors: readonly object[];
}

async function linkIdOf(ref: MonitorRef, leg: string): Promise<string> {
  const { openOrders } = await rig().venue.truth();
  return openOrders.find(({ orderLinkId }) => orderLinkId.includes(`${ref.monitorId}-${leg}-`))?.orderLinkId ?? '';
}
