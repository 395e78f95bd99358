import { table } from '../table.ts';
import type { Report } from './report.ts';

/** The report as a person reads it. */
export function reportTable(report: Report): string {
  const { sweeps, exchange, cache, reactions, decisions, jobs } = report;
  return table(
    ['run', ''],
    [
      ['monitors', report.monitors],
      ['positions', `${report.positions} opened, ${report.protected} of them protected all the time`],
      ['unprotected', `${report.unprotectedMs} ms, through the stop ${report.throughMs} ms`],
      ['set up in', report.setupMs === null ? 'not within the limit' : `${report.setupMs} ms`],
      ['sweeps', `${sweeps.count}, first ${sweeps.firstMs} ms, p50 ${sweeps.p50Ms} ms, p99 ${sweeps.p99Ms} ms`],
      ['requests', `${exchange.requests}, first sweep ${exchange.perSweepCold}, later ${exchange.perSweepWarm} each`],
      ['rate limited', exchange.rateLimited],
      [
        'cache',
        `${percent(cache.hitRate)} hits: ${cache.fresh} fresh, ${cache.patched} patched, ${cache.expired} expired, ${cache.missed} missed`,
      ],
      ['reactions', `${reactions.count}, p50 ${reactions.p50Ms} ms, p99 ${reactions.p99Ms} ms`],
      ['decisions', `${decisions.count}, stale ${decisions.stale}`],
      ['jobs', `${jobs.completed} completed, ${jobs.failed} failed: ${byWorker(jobs.byWorker)}`],
      ['duplicates', report.duplicates],
      ['wrong cancels', report.wrongCancels],
    ],
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function byWorker(jobs: Readonly<Record<string, number>>): string {
  return Object.entries(jobs)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
