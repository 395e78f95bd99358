import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readTruth, type Truth } from '../support/truth.ts';
import { startCompose, type Compose } from './compose.ts';
import { dashboardQueries } from './dashboard.ts';
import { query } from './prometheus.ts';

const WORKLOAD = new URL('../../data/workload-30.json', import.meta.url);
const SOON = { timeout: 60_000, interval: 500 } as const;
/** Nothing to show while all is well, or before there are private streams. */
const MAY_BE_EMPTY = /unprotected_position_seconds|outcome!="ok"|stream_up/;

let compose: Compose;
let prometheus: string;
let simulator: string;

describe.skipIf(inject('noEngine') !== '')('everything in containers', () => {
  beforeAll(async () => {
    // A dozen containers that boot on two cores stall requests for longer than the budget's margin: rates are judged elsewhere.
    const variables = { SCHEDULER_ROUND_MS: '2000', PAPER_WALK_PCT_PER_MINUTE: '0', PAPER_LIMITS: 'off' };
    compose = await startCompose(variables);
    prometheus = await compose.url('prometheus', 9090);
    simulator = await compose.url('simulator', 9100);
  });
  afterAll(() => compose[Symbol.asyncDispose]());

  test('three workers set up the thirty plans that were handed to the gateway', async () => {
    expect({ code: await compose.ended('paper-plans'), said: await compose.logs('paper-plans') }).toMatchObject({
      code: 0,
    });
    await expectProtected();
    const gateway = await compose.url('gateway', 3000);
    const { monitors } = (await (await fetch(`${gateway}/v1/monitors`)).json()) as { monitors: readonly object[] };
    expect(monitors).toHaveLength(30);
    await expectWorkersAtWork(3);
  });

  test.each([1, 4, 2])('with %i workers each of them ends checks, and all positions stay protected', async (count) => {
    await compose.scaleWorkers(count);
    await expectWorkersAtWork(count);
    await expectProtected();
    expect((await jobsByWorker()).size).toBe(count);
  });

  test('a take-profit that fills while workers come and go is followed by its stop', async () => {
    const { plans } = JSON.parse(await readFile(WORKLOAD, 'utf8')) as { plans: readonly WorkloadPlan[] };
    const [plan] = plans;
    const [target] = plan?.takeProfits ?? [];
    if (plan === undefined || target === undefined) throw new Error('the workload has no plan');
    const before = stopOf(await readTruth(simulator), plan);

    const scaling = compose.scaleWorkers(3);
    await post(`${simulator}/sim/price`, { symbol: plan.symbol, price: target.price });
    await expect.poll(async () => stopOf(await readTruth(simulator), plan), SOON).not.toBe(before);
    await scaling;
    await expectProtected();
    await expect.poll(async () => value('sum(backstop_reaction_seconds_count)'), SOON).toBeGreaterThan(0);
  });

  test('every target of Prometheus is up, every panel has data, and no alert fires', async () => {
    await expect
      .poll(targets, SOON)
      .toEqual({ worker: [1, 1, 1], scheduler: [1], stream: [1], maintenance: [1], gateway: [1] });
    await expect.poll(emptyPanels, SOON).toEqual([]);
    expect(await firing()).toEqual([]);
  });

  test('without any worker an alert fires while every stop stands, and it ends when one is back', async () => {
    await compose.scaleWorkers(0);
    await expect.poll(firing, SOON).toContain('NoWorker');
    const { totals } = await readTruth(simulator);
    expect(totals).toMatchObject({ unprotectedMs: 0, throughMs: 0 });

    await compose.scaleWorkers(1);
    await expectWorkersAtWork(1);
    await expect.poll(firing, SOON).toEqual([]);
  });
});

interface WorkloadPlan {
  readonly account: string;
  readonly symbol: string;
  readonly takeProfits: readonly { readonly price: string }[];
}

/**
 * What the exchange itself knows: no position was ever without a stop, and nothing was sent that should not have been. Not
 * that it never said 10006: a dozen containers that boot on two cores stall requests for longer than the budget's margin.
 */
async function expectProtected(): Promise<void> {
  const { totals, positions, duplicates, wrongCancels } = await readTruth(simulator);
  expect(positions.filter(({ closedAtMs }) => closedAtMs === undefined)).toHaveLength(30);
  expect(totals).toMatchObject({ openNow: 30, protectedNow: 30, unprotectedMs: 0 });
  expect({ duplicates, wrongCancels }).toEqual({ duplicates: [], wrongCancels: [] });
}

/** Exactly so many workers are up, and each of them ends checks from now on. */
async function expectWorkersAtWork(count: number): Promise<void> {
  await expect.poll(async () => (await jobsByWorker()).size, SOON).toBe(count);
  const before = await jobsByWorker();
  const working = async (): Promise<number> =>
    [...(await jobsByWorker())].filter(([worker, jobs]) => jobs > (before.get(worker) ?? 0)).length;
  await expect.poll(working, SOON).toBe(count);
}

async function jobsByWorker(): Promise<ReadonlyMap<string, number>> {
  const up = 'on (instance) (up{job="worker"} == 1)';
  const samples = await query(prometheus, `sum by (instance) (backstop_job_seconds_count{job="worker"}) and ${up}`);
  return new Map(samples.map(({ labels, value: jobs }) => [labels['instance'] ?? '', jobs]));
}

async function targets(): Promise<Readonly<Record<string, readonly number[]>>> {
  const byJob: Record<string, number[]> = {};
  for (const { labels, value: up } of await query(prometheus, 'up')) (byJob[labels['job'] ?? ''] ??= []).push(up);
  return byJob;
}

async function firing(): Promise<readonly (string | undefined)[]> {
  return (await query(prometheus, 'ALERTS{alertstate="firing"}')).map(({ labels }) => labels['alertname']);
}

async function emptyPanels(): Promise<readonly string[]> {
  const queries = await dashboardQueries();
  const answers = await Promise.all(queries.map(({ expr }) => query(prometheus, expr)));
  return queries
    .filter(({ expr }, at) => !MAY_BE_EMPTY.test(expr) && answers[at]?.length === 0)
    .map(({ title }) => title);
}

async function value(expression: string): Promise<number | undefined> {
  const [sample] = await query(prometheus, expression);
  return sample?.value;
}

function stopOf({ positions }: Truth, { account, symbol }: WorkloadPlan): string | undefined {
  return positions.find((position) => position.account === account && position.symbol === symbol)?.stopLoss;
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
}
