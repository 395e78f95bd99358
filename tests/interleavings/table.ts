import { createHash } from 'node:crypto';
import type { Branches } from '../faults/branches.ts';
import { faultsOf } from './faults-of.ts';
import type { Game, Move } from './game.ts';
import { HAPPENINGS } from './happenings.ts';
import { openRules } from './rules.ts';
import type { Hand, SmallWorld, WorldOptions } from './small-world.ts';
import { openStage } from './stages.ts';
import { openSteadyIds, type SteadyIds } from './steady-ids.ts';
import { openSteppedTime } from './stepped-time.ts';

/** How long everything may take to come to rest: rows end after 15 s, and are read once more. */
const REST_MS = 20_000;

/** Every play begins at the same moment, so that each can be played again alone. */
const START_MS = Date.UTC(2026, 0, 5, 9);

export interface TableOptions extends WorldOptions {
  /** Plays what makes no difference too: what happens may then come anywhere, and replies to reads wait for their turn. */
  readonly isFull?: boolean;
}

/** A game as it is played, move by move. */
export interface Table extends Disposable {
  /** What may come next; none = all is over. The first one goes on without a switch where that can be. */
  readonly moves: () => readonly Move[];
  readonly play: (move: Move) => Promise<void>;
  /** A digest of all that can make a difference from here on: from equal ones on, equal moves lead to the same end. */
  readonly state: () => string;
  /** The same of what is left when all jobs are over. */
  readonly end: () => string;
  /** Lets all come to rest: what is not as it should be then. */
  readonly rest: () => Promise<readonly string[]>;
  /** Executions that what happened brought; 0 = it found nothing to fill. */
  readonly executions: () => number;
  readonly branches: () => Branches;
}

/** Opens a table: the world at its stage, and each job before its first step. */
export async function openTable(game: Game, options: TableOptions = {}): Promise<Table> {
  using opened = new DisposableStack();
  const ids = opened.use(openSteadyIds('stage'));
  const time = opened.use(openSteppedTime(START_MS));
  const world = opened.use(await openStage(game.stage, time, options));
  const hands = await seat(game, world, ids);
  const rules = openRules(game, hands, options.isFull === true);
  const left = opened.move();
  let executions = 0;
  return {
    moves: rules.moves,
    play: async (move) => {
      ids.drawAs(nameOf(move));
      time.pass(rules.note(move));
      if (move === 'happening') executions = await happen(game, world);
      else await hands[move]?.step();
    },
    state: () => digest([shared(world), rules.state(), hands.map(handState)]),
    end: () => digest(shared(world)),
    rest: async () => {
      ids.drawAs('rest');
      return rest(game, world);
    },
    executions: () => executions,
    branches: world.branches,
    [Symbol.dispose]: () => left.dispose(),
  };
}

async function seat({ lanes }: Game, world: SmallWorld, ids: SteadyIds): Promise<readonly Hand[]> {
  const hands: Hand[] = [];
  for (const [nth, lane] of lanes.entries()) {
    const hand = world.openHand({ isCoarse: lanes.length > 1 });
    const name = `job-${nth}`;
    ids.drawAs(name);
    hand.hold();
    await hand.check(lane, name);
    hands.push(hand);
  }
  return hands;
}

function nameOf(move: Move): string {
  return move === 'happening' ? move : `job-${move}`;
}

async function happen({ happening }: Game, world: SmallWorld): Promise<number> {
  const before = executionsIn(world);
  world.writes.push(`${Date.now()} ${happening}`);
  await HAPPENINGS[happening](world);
  return executionsIn(world) - before;
}

function executionsIn({ venue, ref }: SmallWorld): number {
  return venue.simulator.engine.venue.accounts.get(ref.account)?.executions.length ?? 0;
}

/**
 * What jobs have in common: all of Redis but figures that nobody acts on, the clock, what was counted, and the exchange, which is
 * what was asked of it in this order.
 */
function shared({ dump, writes, inFlight, repeated }: SmallWorld): unknown {
  const held = Object.entries(dump()).filter(([key]) => !key.endsWith(':cache-stats'));
  return [held, writes, Date.now(), inFlight.counts(), repeated];
}

/** What a job knows matters for as long as it runs. */
function handState({ isOver, history }: Hand): string {
  return isOver() ? 'over' : history();
}

function digest(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('base64');
}

async function rest({ lanes }: Game, world: SmallWorld): Promise<readonly string[]> {
  await world.rest(REST_MS);
  if ((await faultsOf(world)).length > 0) await world.rest(REST_MS); // a plan closes some seconds after flat
  // Two jobs may send the same order: the exchange takes one. Alone, a job knows what stands.
  const repeated = lanes.length > 1 ? [] : world.repeated.map((id) => `sent again: ${id}`);
  return [...repeated, ...(await faultsOf(world))];
}
