import Table from 'cli-table3';
import type { DayResult } from './day-result.ts';

/** What all days of one fault came to. Seconds are of positions, summed; settled is from the end of the last fault on. */
export interface FaultRow {
  readonly fault: string;
  readonly days: number;
  /** Days on which streams told what happened. */
  readonly streamed: number;
  readonly positions: number;
  readonly fills: number;
  readonly unprotectedS: number;
  readonly throughS: number;
  readonly misplacedS: number;
  readonly wrongCancels: number;
  readonly duplicates: number;
  readonly missedEvents: number;
  readonly lostFills: number;
  readonly staleDecisions: number;
  /** From a fill of ours until it was noticed, on average: on days with a stream, and on those without; NaN = there were none. */
  readonly streamedReactionS: number;
  readonly readReactionS: number;
  readonly callsPerDay: number;
  readonly settledMostS: number;
}

export function faultRows(results: readonly DayResult[]): readonly FaultRow[] {
  const groups = Map.groupBy(results, ({ fault }) => fault);
  return [...groups].map(([fault, days]) => toRow(fault, days));
}

function toRow(fault: string, days: readonly DayResult[]): FaultRow {
  const sum = (of: (day: DayResult) => number): number => days.reduce((total, day) => total + of(day), 0);
  return {
    fault,
    days: days.length,
    streamed: days.filter(({ hasStream }) => hasStream).length,
    positions: sum(({ positions }) => positions),
    fills: sum(({ fills }) => fills),
    unprotectedS: sum(({ unprotectedMs }) => unprotectedMs) / 1_000,
    throughS: sum(({ throughMs }) => throughMs) / 1_000,
    misplacedS: sum(({ misplacedMs }) => misplacedMs) / 1_000,
    wrongCancels: sum(({ wrongCancels }) => wrongCancels),
    duplicates: sum(({ duplicates }) => duplicates),
    missedEvents: sum(({ missedEvents }) => missedEvents),
    lostFills: sum(({ lostFills }) => lostFills),
    staleDecisions: sum(({ stale }) => stale),
    streamedReactionS: reactionS(days.filter(({ hasStream }) => hasStream)),
    readReactionS: reactionS(days.filter(({ hasStream }) => !hasStream)),
    callsPerDay: sum(({ calls }) => calls) / days.length,
    settledMostS: Math.max(...days.map(({ settledMs }) => settledMs ?? Number.POSITIVE_INFINITY)) / 1_000,
  };
}

function reactionS(days: readonly DayResult[]): number {
  const sum = (of: (day: DayResult) => number): number => days.reduce((total, day) => total + of(day), 0);
  return sum(({ reactionMs }) => reactionMs) / sum(({ noticed }) => noticed) / 1_000;
}

const COLUMNS = [
  ['fault', ({ fault }) => fault],
  ['days', ({ days }) => `${days}`],
  ['with a stream', ({ streamed }) => `${streamed}`],
  ['positions', ({ positions }) => `${positions}`],
  ['fills', ({ fills }) => `${fills}`],
  ['unprotected s', ({ unprotectedS }) => unprotectedS.toFixed(1)],
  ['misplaced s a position', ({ misplacedS, positions }) => (misplacedS / positions).toFixed(1)],
  ['wrong cancels', ({ wrongCancels }) => `${wrongCancels}`],
  ['duplicates', ({ duplicates }) => `${duplicates}`],
  ['missed events', ({ missedEvents }) => `${missedEvents}`],
  ['lost fills', ({ lostFills }) => `${lostFills}`],
  ['stale', ({ staleDecisions }) => `${staleDecisions}`],
  ['noticed after s, stream', ({ streamedReactionS }) => secondsOf(streamedReactionS)],
  ['none', ({ readReactionS }) => secondsOf(readReactionS)],
  ['calls a day', ({ callsPerDay }) => callsPerDay.toFixed(0)],
  ['settled within s', ({ settledMostS }) => settledMostS.toFixed(0)],
] as const satisfies readonly (readonly [string, (row: FaultRow) => string])[];

function secondsOf(value: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(1);
}

/** The table that people read; with `markdown`, as the README has it. */
export function showRows(
  rows: readonly FaultRow[],
  { markdown = false }: { readonly markdown?: boolean } = {},
): string {
  const head = COLUMNS.map(([name]) => name);
  const body = rows.map((row) => COLUMNS.map(([, show]) => show(row)));
  if (markdown) {
    return [line(head), line(head.map((_name, at) => (at === 0 ? '---' : '--:'))), ...body.map(line)].join('\n');
  }
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...body.map((cells) => [...cells]));
  return table.toString();
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
