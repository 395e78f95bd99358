import type { DecisionSummary, MonitorReport } from '@backstop/store';
import type { MonitorDetail } from './schemas.ts';

/** A monitor explained, as JSON: what is not known is null. */
export function reportView({
  next,
  stop,
  takeProfits,
  entries,
  conditions,
  differences,
}: MonitorReport): MonitorDetail['report'] {
  return {
    next,
    stop: { ...stop },
    takeProfits: [...takeProfits],
    entries: [...entries],
    conditions: conditions.map(({ scope, ...level }) => ({ scope, ...levelView(level) })),
    differences: differences === undefined ? null : [...differences],
  };
}

type LevelView = Omit<MonitorDetail['report']['conditions'][number], 'scope'>;

interface Level {
  readonly name: string;
  readonly sinceMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly detail: string;
  readonly next: string;
}

/** A level that holds; `sinceMs` undefined = not known since when. */
export function levelView({ name, sinceMs, lastMs, detail, next }: Level): LevelView {
  return { name, sinceMs: sinceMs ?? null, lastMs: lastMs ?? null, detail, next };
}

/** One of the last decisions. */
export function decisionView({
  outcomes,
  raised,
  cleared,
  ...decision
}: DecisionSummary): MonitorDetail['decisions'][number] {
  return { ...decision, outcomes: [...outcomes], raised: [...raised], cleared: [...cleared] };
}
