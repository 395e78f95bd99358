import type { InProcessSimulator } from '@backstop/simulator';
import type { BranchCounts, Branches } from './branches.ts';
import type { Day } from './day.ts';
import type { FaultKind } from './fault-kinds.ts';
import { legOf, type TrueExecution, type WrongCancel } from './fills.ts';
import type { InFlight } from './in-flight.ts';
import type { Judge } from './judge.ts';
import { lateAdoptions } from './late-adoptions.ts';
import type { PlacedPlan } from './places.ts';
import type { MemoryArchive } from './memory-archive.ts';
import type { Counts } from './worker-process.ts';

/** What came of a day. Times in ms, of positions that our own entries opened. */
export interface DayResult {
  readonly seed: number;
  readonly fault: string;
  /** What must never be, in words; empty = the day is passed. */
  readonly violations: readonly string[];
  readonly positions: number;
  readonly unprotectedMs: number;
  readonly throughMs: number;
  readonly misplacedMs: number;
  readonly wrongCancels: number;
  readonly duplicates: number;
  readonly missedEvents: number;
  /** Fills of ours of which no decision knew for longer than is ever needed: see `lostAfterMs`. */
  readonly lostFills: number;
  /** From each fill of ours until it was noticed, summed. */
  readonly reactionMs: number;
  /** Fills of ours that were noticed. */
  readonly noticed: number;
  /** The longest that one of them went unnoticed, ms. */
  readonly slowestMs: number;
  readonly stale: number;
  /** Amends of two jobs of one lane that were under way at once. */
  readonly overlaps: number;
  readonly calls: number;
  readonly rateLimited: number;
  readonly decisions: number;
  readonly fills: number;
  readonly branches: Branches;
  readonly hasStream: boolean;
  /** How often the stream of an account came in sync, and its audits found what no frame had told. */
  readonly syncs: number;
  readonly drifts: number;
  /** From the end of the last fault until everything was right, ms; undefined = it was not. */
  readonly settledMs: number | undefined;
}

interface Evidence {
  readonly plans: readonly PlacedPlan[];
  readonly judge: Judge;
  readonly archive: MemoryArchive;
  readonly venue: InProcessSimulator;
  readonly counts: Counts;
  readonly branches: BranchCounts;
  readonly inFlight: InFlight;
  readonly settledMs: number | undefined;
  readonly wrong: readonly string[];
  readonly failures: readonly string[];
}

export function sumUp(day: Day, evidence: Evidence): DayResult {
  const { venue, counts, inFlight, settledMs, wrong } = evidence;
  const { truth, accounts } = venue.simulator.engine.venue;
  const epochs = truth.epochs.filter((epoch) => isOurs(epoch, venue));
  const sum = (field: 'unprotectedMs' | 'throughMs' | 'misplacedMs'): number =>
    epochs.reduce((total, epoch) => total + epoch[field], 0);
  const missed = missedEvents(evidence);
  const reactions = reactionsMs(evidence);
  const requests = [...truth.requests.values()].filter(({ account }) => account !== '');
  const result = {
    seed: day.seed,
    fault: day.fault,
    positions: epochs.length,
    unprotectedMs: sum('unprotectedMs'),
    throughMs: sum('throughMs'),
    misplacedMs: sum('misplacedMs'),
    wrongCancels: truth.wrongCancels.filter((cancel) => !isExplained(cancel, venue)).length,
    duplicates: truth.duplicates.filter(isOfOnePlan).length,
    missedEvents: missed.length,
    lostFills: reactions.filter((ms) => ms > lostAfterMs(day)).length,
    reactionMs: reactions.filter(Number.isFinite).reduce((total, ms) => total + Math.max(0, ms), 0),
    noticed: reactions.filter(Number.isFinite).length,
    slowestMs: reactions.filter(Number.isFinite).reduce((longest, ms) => Math.max(longest, ms), 0),
    stale: counts.stale + inFlight.counts().stale,
    overlaps: inFlight.counts().overlaps,
    calls: requests.reduce((total, { count }) => total + count, 0),
    rateLimited: counts.rateLimited,
    decisions: counts.decisions,
    fills: [...accounts.values()].reduce((total, { executions }) => total + executions.length, 0),
    branches: evidence.branches.counts(),
    hasStream: day.hasStream,
    syncs: counts.syncs,
    drifts: counts.drifts,
    settledMs,
  };
  const found = [...violations(day, result, evidence), ...wrong, ...missed, ...lateAdoptions(day, venue)];
  return { ...result, violations: found };
}

/** A stop follows a fill within the age of rows and a few requests; a fault takes its own time on top of it. Per position. */
const MISPLACED_MS = 20_000;

function violations(
  { kinds }: Day,
  result: Omit<DayResult, 'violations'>,
  { plans, failures }: Pick<Evidence, 'plans' | 'failures'>,
): readonly string[] {
  const misplacedMs = (MISPLACED_MS + most(kinds, 'misplacedMs')) * result.positions;
  const limits = [
    ['ms without a stop', result.unprotectedMs, most(kinds, 'unprotectedMs')],
    ['ms with a misplaced stop', result.misplacedMs, misplacedMs],
    ['ms through the stop', result.throughMs, 0],
    ['wrong cancels', result.wrongCancels, 0],
    ['duplicates', result.duplicates, 0],
    ['decisions on stale rows', result.stale, 0],
    ['amends beside a request of another job', result.overlaps, 0],
    [
      'requests refused for their rate',
      result.rateLimited,
      kinds.some(({ limitsRates }) => limitsRates === true) ? Infinity : 0,
    ],
    ['fills that nobody had noticed in time', result.lostFills, 0],
  ] as const;
  const idle = plans.length > 0 && result.positions === 0 ? ['no plan was entered'] : [];
  const broken = limits.flatMap(([what, count, bound]) =>
    count > bound ? [`${count} ${what}, ${bound} allowed`] : [],
  );
  return [...failures, ...idle, ...broken];
}

/** How much a day's faults allow at most. */
function most(kinds: readonly FaultKind[], what: 'misplacedMs' | 'unprotectedMs'): number {
  return Math.max(0, ...kinds.map((kind) => kind[what] ?? 0));
}

/** An exit of ours cancels the entries just before it closes the position (S-15), and may have to be sent again. */
const EXIT_WITHIN_MS = 30_000;

function isExplained({ kind, account, orderId, atMs }: WrongCancel, { simulator }: InProcessSimulator): boolean {
  const { executions = [], orders } = simulator.engine.venue.accounts.get(account) ?? {};
  const cancelled = legOf(orders?.get(orderId)?.orderLinkId ?? '');
  const isExit = ({ orderLinkId, ...execution }: TrueExecution): boolean =>
    legOf(orderLinkId)?.leg === 'x' &&
    legOf(orderLinkId)?.planId === cancelled?.planId &&
    execution.atMs >= atMs &&
    execution.atMs - atMs < EXIT_WITHIN_MS;
  return kind === 'entry-without-exit' && executions.some(isExit);
}

/** The exchange's truth takes any two equal orders for one that was sent twice: two plans may want the same by chance. */
function isOfOnePlan({ orderLinkId, ofOrderLinkId }: { orderLinkId: string; ofOrderLinkId: string }): boolean {
  return legOf(orderLinkId)?.planId === legOf(ofOrderLinkId)?.planId;
}

/** Opened by an entry of ours, not by somebody's hand. */
function isOurs(
  { account, symbol, openedAtMs }: { account: string; symbol: string; openedAtMs: number },
  { simulator }: InProcessSimulator,
): boolean {
  const executions = simulator.engine.venue.accounts.get(account)?.executions ?? [];
  const opening = executions.find((execution) => execution.symbol === symbol && execution.atMs === openedAtMs);
  return opening !== undefined && legOf(opening.orderLinkId)?.leg.startsWith('e') === true;
}

/** With a stream, ms: its frames tell of a fill in the moment of it, and where one is lost, our own writes and prices do. */
const LOST_MS = 10_000;
/** Without: at the latest when the rows end (15 s) the account is read, and a request or two take their time. */
const UNSTREAMED_LOST_MS = 20_000;

/** A fill that goes unnoticed for longer was lost to all that was decided meanwhile. A fault takes its own time on top of it. */
function lostAfterMs({ hasStream, unnoticedMs }: Day): number {
  return (hasStream ? LOST_MS : UNSTREAMED_LOST_MS) + unnoticedMs;
}

/** How long after each fill of ours it was noticed, ms; Infinity = never. */
function reactionsMs({ plans, judge, archive }: Evidence): readonly number[] {
  return plans.flatMap(({ plan }) => {
    const told = archive.events.filter(({ monitorId }) => monitorId === plan.id);
    const fills = judge.fillsOf(plan.id)?.history ?? [];
    return fills.map(({ leg, total, atMs }) => {
      const telling = told.find(({ detail }) => detail['by'] === leg && Number(detail['total']) > total - 1e-9);
      return (telling?.atMs ?? Infinity) - atMs;
    });
  });
}

/** Fills of ours that were not told, or told otherwise, leg by leg. */
function missedEvents({ plans, judge, archive }: Evidence): readonly string[] {
  return plans.flatMap(({ plan, contract }) => {
    const sums = judge.fillsOf(plan.id);
    if (sums === undefined) return [];
    const told = archive.events.filter(({ monitorId }) => monitorId === plan.id);
    return [...sums.byLeg].flatMap(([leg, qty]) => {
      const last = Math.max(
        0,
        ...told.filter(({ detail }) => detail['by'] === leg).map(({ detail }) => Number(detail['total'])),
      );
      return Math.abs(last - qty) < Number(contract.qtyStep) / 2
        ? []
        : [`${plan.id}: ${leg} filled ${qty}, told ${last}`];
    });
  });
}
