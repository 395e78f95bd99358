import type { Check, Desk } from '@backstop/desk';
import type { HttpRequest, Reply } from '@backstop/simulator';
import type { Redis } from '@backstop/store';
import { openBranches, type BranchCounts } from './branches.ts';
import { credentialsOf } from './credentials-of.ts';
import type { Day } from './day.ts';
import { openInFlight, type InFlight } from './in-flight.ts';
import type { MemoryArchive } from './memory-archive.ts';
import type { ProcessTimers } from './process-timers.ts';
import { openRedisServer } from './redis-server.ts';
import type { Storage } from './storage.ts';
import { streamObserver } from './stream-observer.ts';
import { openStreamProcess, type StreamProcess } from './stream-process.ts';
import { openTraps } from './traps.ts';
import { openUpkeep } from './upkeep.ts';
import type { Variant } from './variants.ts';
import { openWorkerProcess, type Counts, type FleetParts } from './worker-process.ts';
import type { World } from './world.ts';

/** The processes of a day, what they stand on, and what is counted of them. */
export interface Stage {
  readonly world: World;
  readonly counts: Counts;
  readonly branches: BranchCounts;
  readonly inFlight: InFlight;
  /** When Redis was lost; 0 = never. */
  readonly lost: { readonly atMs: number };
  /** Of the day itself. */
  readonly failures: readonly string[];
}

export interface StageProps {
  readonly venue: World['venue'];
  readonly storage: Storage;
  readonly archive: MemoryArchive;
  readonly timers: ProcessTimers;
  readonly variant: Variant;
  readonly throughSdk: boolean;
  readonly tell: (line: string) => void;
  /** What is told is for people. */
  readonly isTraced: boolean;
}

/** Starts the processes of a day, and lays out what will happen to them. */
export function setTheStage(day: Day, props: StageProps): Stage {
  const { venue, storage, archive, tell } = props;
  const lost = { atMs: 0 };
  const failures: string[] = [];
  const admin = storage.connect();
  const watch: Watch = {
    admin,
    traps: openTraps(),
    branches: openBranches(admin),
    redis: openRedisServer(day.random.of('redis')),
    inFlight: openInFlight((name) => venue.simulator.engine.venue.accounts.get(name), tell),
    counts: { decisions: 0, stale: 0, rateLimited: 0, syncs: 0, drifts: 0 },
    onCommand: { run: ignore },
  };
  const parts = partsOf(day, props, watch);
  const upkeep = openUpkeep(parts, archive);
  watch.onCommand.run = upkeep.nudge;
  const workers = Array.from({ length: day.workers }, () => openWorkerProcess(parts));
  const world: World = {
    random: day.random.of('faults'),
    venue,
    redis: watch.redis,
    admin,
    upkeep,
    workers,
    spawn: () => void workers.push(openWorkerProcess(parts)),
    ...streamsOf(parts, props, watch),
    loseRedis: () => {
      lost.atMs = Date.now();
      storage.lose();
    },
    loseQueues: () => storage.queues.clear(),
    traps: watch.traps,
    accounts: day.accounts,
    symbols: day.contracts.map(({ symbol }) => symbol),
  };
  const hasStream = day.hasStream && props.variant.isUnstreamed !== true;
  tell(hasStream ? 'streams: one process' : 'streams: none');
  if (hasStream) world.spawnStream('stream-1');
  schedule(day, world, { tell, failures });
  return { world, lost, failures, ...watch };
}

function streamsOf(
  parts: FleetParts,
  { timers, venue, ...props }: StageProps,
  { counts }: Watch,
): Pick<World, 'streams' | 'spawnStream'> {
  const streams: StreamProcess[] = [];
  const observer = streamObserver(counts, props);
  return {
    streams,
    spawnStream: (owner) => void streams.push(openStreamProcess(owner, { ...parts, timers, venue, observer })),
  };
}

interface Watch {
  readonly admin: Redis;
  readonly traps: World['traps'];
  readonly branches: BranchCounts;
  readonly redis: World['redis'];
  readonly inFlight: InFlight;
  readonly counts: Counts;
  readonly onCommand: { run: () => void };
}

/** What the processes of a day are made with. */
function partsOf(
  { accounts, kinds, adoption }: Day,
  { venue, storage, variant, throughSdk, tell }: StageProps,
  { admin, traps, branches, redis, inFlight, counts, onCommand }: Watch,
): FleetParts {
  return {
    accounts: accounts.map(credentialsOf),
    redis,
    connect: storage.connect,
    admin,
    queues: storage.queues,
    send: async (check, request) => {
      const reply = await inFlight.during(check, request, (onEffect) => venue.request(request, onEffect));
      tell(lineOf(check, request, reply));
      return reply;
    },
    onDeparture: traps.onDeparture,
    onScript: traps.onScript,
    onScriptReply: branches.note,
    counts,
    throughSdk,
    changesRules: kinds.some(({ coarser }) => coarser !== undefined),
    adoption,
    losesRedis: kinds.some(({ losesRedis }) => losesRedis === true),
    onCommand: () => onCommand.run(),
    exchangeOf: variant.exchangeOf ?? ((exchange) => exchange),
    bend: (desk) => watched(variant.bend?.(desk) ?? desk, inFlight),
  };
}

/** What does not happen for a fault of the day's own is a failure: the day would be calmer than it says. */
function schedule(
  { fault, happenings }: Day,
  world: World,
  { tell, failures }: { readonly tell: (line: string) => void; readonly failures: string[] },
): void {
  for (const { atMs, act } of happenings) {
    const happen = (): void => {
      tell(`fault: ${fault} ${act.name}`);
      act(world).catch((error: unknown) => failures.push(`a fault did not happen: ${String(error)}`));
    };
    setTimeout(happen, atMs);
  }
}

function lineOf(
  check: Check | undefined,
  { method, endpoint, query, body }: HttpRequest,
  reply: Reply | undefined,
): string {
  const whose = check === undefined ? '' : `${check.ref.monitorId}:${check.lane} `;
  const said = reply === undefined ? 'cut' : method === 'GET' ? `${reply.status}` : reply.body;
  return `${whose}${method} ${endpoint} ${query}${body.toString()} -> ${said}`;
}

/** The same desk; each decision's facts are noted. */
function watched(desk: Desk, inFlight: InFlight): Desk {
  return {
    ...desk,
    read: async (check) => {
      const reading = await desk.read(check);
      inFlight.decideOn(check, reading);
      return reading;
    },
  };
}

function ignore(): void {}
