import type { TpSlState } from './decision.ts';
import type { ExternalChanges, Plan } from './model.ts';
import type { View } from './view.ts';

const MOST_REASSERTIONS = 3;
const WITHIN_MS = 60_000;
/** More are never asked about: the plan's own bound is no higher. */
const MOST_REMEMBERED = 20;

/** What the plan says of changes by others, with its bounds. */
export function externalPolicy({ externalChanges }: Plan): Required<ExternalChanges> {
  const defaults = { policy: 'reassert', mostReassertions: MOST_REASSERTIONS, withinMs: WITHIN_MS } as const;
  return { ...defaults, ...externalChanges };
}

type Remembering = Pick<TpSlState, 'reassertions'>;

/** Remembers that one thing (`stop`, `trailing`, a leg, a leg's price) is put back now. */
export function withReassertion<S extends Remembering>(state: S, what: string, nowMs: number): S {
  const times = [...(state.reassertions?.[what] ?? []), nowMs].slice(-MOST_REMEMBERED);
  return { ...state, reassertions: { ...state.reassertions, [what]: times } };
}

/** How often one thing was put back within the plan's window. */
export function reassertionsOf({ reassertions }: Remembering, what: string, { plan, nowMs }: View): number {
  const times = reassertions?.[what];
  if (times === undefined) return 0;
  const { withinMs } = externalPolicy(plan);
  return times.filter((atMs) => atMs > nowMs - withinMs).length;
}
