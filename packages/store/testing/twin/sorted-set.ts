import { compareBytes } from './compare-bytes.ts';

export interface Scored {
  readonly member: string;
  readonly score: number;
}

/** Members by name, and in the order of score, then bytes. */
export interface SortedSet {
  readonly byMember: Map<string, Scored>;
  readonly ordered: Scored[];
}

/** One end of a range of scores. */
export interface ScoreBound {
  readonly score: number;
  readonly isOpen: boolean;
}

export function newSortedSet(): SortedSet {
  return { byMember: new Map(), ordered: [] };
}

/** Adds a member or gives it another score. */
export function putScore(set: SortedSet, member: string, score: number): void {
  const held = set.byMember.get(member);
  if (held?.score === score) return;
  if (held !== undefined) set.ordered.splice(placeOf(set, held), 1);
  const scored = { member, score };
  set.ordered.splice(placeOf(set, scored), 0, scored);
  set.byMember.set(member, scored);
}

/** Tells whether the member was there. */
export function removeMember(set: SortedSet, member: string): boolean {
  const held = set.byMember.get(member);
  if (held === undefined) return false;
  set.ordered.splice(placeOf(set, held), 1);
  return set.byMember.delete(member);
}

/** The places [from, to) of the members whose score is in the range. */
export function placesOf(set: SortedSet, least: ScoreBound, most: ScoreBound): readonly [number, number] {
  const from = firstPlace(set.ordered, ({ score }) => (least.isOpen ? score > least.score : score >= least.score));
  const to = firstPlace(set.ordered, ({ score }) => (most.isOpen ? score >= most.score : score > most.score));
  return [from, Math.max(from, to)];
}

function placeOf({ ordered }: SortedSet, { member, score }: Scored): number {
  return firstPlace(
    ordered,
    (other) => other.score > score || (other.score === score && compareBytes(other.member, member) >= 0),
  );
}

/** The first place from which on this holds; it holds for all behind one for which it holds. */
function firstPlace(ordered: readonly Scored[], holds: (scored: Scored) => boolean): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const scored = ordered[middle];
    if (scored !== undefined && holds(scored)) high = middle;
    else low = middle + 1;
  }
  return low;
}
