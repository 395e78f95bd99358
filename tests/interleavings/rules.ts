import type { Game, Job, Move } from './game.ts';
import type { Hand } from './small-world.ts';

/** Which moves a game allows, by those that were made. */
export interface Rules {
  /** What may come next, going on without a switch first; none = all is over. */
  readonly moves: () => readonly Move[];
  /** To be told of each move before it is made. Tells how much time passes before it, ms. */
  readonly note: (move: Move) => number;
  /** What of the moves so far decides about those to come, as plain values. */
  readonly state: () => unknown;
}

type Seat = Pick<Hand, 'isOver' | 'next'>;

interface Made {
  readonly steps: [number, number];
  switches: number;
  last: Job | undefined;
  hasHappened: boolean;
  /** What happens was the last move, and was put right before the next one. */
  isBefore: boolean;
  /** It was the last move, wherever it was put. */
  isBehind: boolean;
}

const ALL = { from: 0, to: Infinity };

/**
 * The rules of a game. Of moves that can be exchanged without a difference one order is enough, unless `isFull`: a job hears the reply
 * to its read at once, since nobody else sees that, and what happens comes right before a request arrives, since nothing else sees
 * it; where time passes, before a switch too, and where there is one job, before each step.
 */
export function openRules(game: Game, seats: readonly Seat[], isFull: boolean): Rules {
  const made: Made = {
    steps: [0, 0],
    switches: 0,
    last: undefined,
    hasHappened: false,
    isBefore: false,
    isBehind: false,
  };
  const isGoing = (job: Job): boolean => seats[job]?.isOver() === false;
  const isSwitch = (job: Job): boolean => made.last !== undefined && job !== made.last && isGoing(made.last);
  const isHearing = (job: Job): boolean => seats[job]?.next() === 'reply to a read';
  const isPlaceBefore = (job: Job): boolean => {
    if (isFull || seats[job]?.next() === 'arrival') return true;
    return game.passes !== 'never' && (isSwitch(job) || seats.length === 1);
  };
  const turns = (): Turns => {
    const going = JOBS.filter(isGoing);
    const { free, ...others } = turnsOf(game, made, going);
    const most = game.mostSwitches ?? Infinity;
    const allowed = free.filter((job) => !isSwitch(job) || made.switches < most);
    return { ...others, free: allowed.toSorted((a, b) => Number(isSwitch(a)) - Number(isSwitch(b))) };
  };
  return {
    moves: () => {
      const hearing = JOBS.find(isHearing);
      if (!isFull && hearing !== undefined) return [hearing];
      const { first, free, behind } = turns();
      if (first !== undefined) return [first];
      if (made.hasHappened)
        return free.length === 0 ? behind : free.filter((job) => !made.isBefore || isPlaceBefore(job));
      const isPlace = free.length === 0 || free.some(isPlaceBefore);
      return isPlace ? [...free, 'happening'] : free;
    },
    note: (move) => {
      const passesMs = passesBefore(move, game, made);
      made.isBehind = move === 'happening';
      made.isBefore = made.isBehind && turns().free.length > 0;
      if (move === 'happening') made.hasHappened = true;
      else step(move, made, isSwitch(move));
      return passesMs;
    },
    state: () => [made.hasHappened, made.isBefore, made.isBehind, ...past(game, made)],
  };
}

const JOBS: readonly Job[] = [0, 1];

function step(job: Job, made: Made, isSwitch: boolean): void {
  if (isSwitch) made.switches += 1;
  made.last = job;
  made.steps[job] += 1;
}

function passesBefore(move: Move, { passes }: Game, { isBehind, last }: Made): number {
  if (passes !== 'each switch') return passes === 'never' ? 0 : 1;
  return move === 'happening' || isBehind || (last !== undefined && last !== move) ? 1 : 0;
}

/** Whose turn it is: of one that has to come to its window first, of those that may go on as they like, and behind their windows. */
interface Turns {
  readonly first: Job | undefined;
  readonly free: readonly Job[];
  readonly behind: readonly Job[];
}

function turnsOf({ window = [ALL, ALL], lanes }: Game, { steps }: Made, going: readonly Job[]): Turns {
  const first = going.find((job) => steps[job] < window[job].from);
  const free = going.filter((job) => steps[job] < window[job].to);
  const isSame = steps[0] + steps[1] === 0 && lanes[0] === lanes[1]; // whichever of the two begins
  return { first, free: isSame ? free.slice(0, 1) : free, behind: going.slice(0, 1) };
}

/** Where switches are counted, who went last and how many there were; in a window, how far it is. */
function past({ mostSwitches, window, passes }: Game, { switches, last, steps }: Made): readonly unknown[] {
  const counts = mostSwitches === undefined ? [] : [switches, last];
  return [...counts, ...(passes === 'each switch' ? [last] : []), ...(window === undefined ? [] : steps)];
}
