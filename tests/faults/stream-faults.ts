import { setTimeout as pause } from 'node:timers/promises';
import type { StreamProcess } from './stream-process.ts';
import { strike, type World } from './world.ts';

// What happens to stream processes and their sockets.

/** One dies as by kill -9; later one is there again, under its name or under another one. */
export async function killStream(world: World, respawnMs: number): Promise<void> {
  anyStream(world)?.kill();
  await pause(respawnMs);
  join(world);
}

/** One stands still as by SIGSTOP: its leases run out, and what it was told comes late. */
export async function freezeStream(world: World, forMs: number): Promise<void> {
  const stream = anyStream(world);
  stream?.stop();
  await pause(forMs);
  stream?.resume();
}

/** A second one joins, and the accounts are shared anew; then one of them leaves. */
export async function shareStreams(world: World, { forMs, leaves }: { forMs: number; leaves: boolean }): Promise<void> {
  join(world);
  await pause(forMs);
  const stream = anyStream(world);
  if (leaves) await stream?.leave();
  else stream?.kill();
  if (world.streams.every((one) => !one.isAlive())) join(world);
}

/** Sockets end, and for some time the exchange answers no authentication. */
export async function silenceAuth(world: World, forMs: number): Promise<void> {
  await strike(world, { kind: 'auth-silent', untilMs: forMs });
  await strike(world, { kind: 'socket-cut' });
}

function anyStream({ streams, random }: World): StreamProcess | undefined {
  const [first, ...others] = streams.filter((stream) => stream.isAlive());
  return first && random.pick([first, ...others]);
}

/** Under the name of one that is dead, which may hold leases still, or under a new one. */
function join({ streams, spawnStream, random }: World): void {
  const name = `stream-${random.int(1, streams.length + 1)}`;
  const isTaken = streams.some((stream) => stream.owner === name && stream.isAlive());
  spawnStream(isTaken ? `stream-${streams.length + 1}` : name);
}
