import type { Engine } from '../engine/engine.ts';
import { seededRandom, streamSeed } from '../engine/random.ts';
import type { Random } from '../engine/random.ts';
import type { Clock } from '../sim/clock.ts';
import type { SocketFault } from '../sim/fault-spec.ts';
import type { Faults } from '../sim/faults.ts';
import type { Connection } from './connection.ts';
import { createFrameCounts } from './frame-counts.ts';
import type { FrameCounts } from './frame-counts.ts';
import { createFrameSender } from './frame-sender.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { createPrivatePublisher } from './private-publisher.ts';
import type { PrivatePublisher } from './private-publisher.ts';
import { createPublicPublisher } from './public-publisher.ts';
import type { PublicPublisher } from './public-publisher.ts';
import { PUBLIC_TOPICS } from './public-topics.ts';
import { createRegistry } from './registry.ts';
import type { Registry } from './registry.ts';
import { createRollingWindow } from './rolling-window.ts';
import type { RollingWindow } from './rolling-window.ts';
import { createSocketLimits } from './socket-limits.ts';
import type { SocketLimits } from './socket-limits.ts';
import { defaultStreamOptions } from './stream-options.ts';
import type { StreamOptions } from './stream-options.ts';
import { createWaker } from './waker.ts';
import type { Waker } from './waker.ts';

interface Around {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly seed: number;
  /** How long a frame travels to its client. */
  readonly wayMs: number;
}

/** The streams of an engine, without connections. */
export function createStreams(engine: Engine, { clock, faults, seed, wayMs }: Around): Streams {
  const options = defaultStreamOptions();
  const random = seededRandom(streamSeed(seed, 'streams'));
  const registry = createRegistry();
  const outbox = createOutbox();
  const counts = createFrameCounts();
  const sender = createFrameSender({ registry, outbox, counts, faults });
  const privateTopics = createPrivatePublisher(engine.venue, { registry, outbox, sender, options, random, wayMs });
  const publicTopics = createPublicPublisher(engine, { registry, sender, makers: PUBLIC_TOPICS });
  return new Streams(engine, clock, { options, random, registry, outbox, counts, privateTopics, publicTopics });
}

/** Everything behind the sockets of one engine: who is connected, who gets what, and what is still on its way. */
export class Streams {
  readonly options: StreamOptions;
  readonly random: Random;
  readonly registry: Registry;
  readonly counts: FrameCounts;
  readonly publicTopics: PublicPublisher;
  readonly limits: SocketLimits = createSocketLimits();
  /** Requests over trade connections, by address and by session. */
  readonly tradeRequests: RollingWindow = createRollingWindow();
  /** Handshakes so far. */
  readonly tally = { opened: 0, refused: 0 };
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #privateTopics: PrivatePublisher;
  readonly #waker: Waker;
  /** Nothing is sent any more: the service ends, or a reset has put others in its place. */
  isClosed = false;
  #nextIdleTickMs = 0;
  #stopHearing: (() => void) | undefined;

  constructor(
    engine: Engine,
    clock: Clock,
    parts: Pick<Streams, 'options' | 'random' | 'registry' | 'counts' | 'publicTopics'> & {
      readonly outbox: Outbox;
      readonly privateTopics: PrivatePublisher;
    },
  ) {
    this.#engine = engine;
    this.#clock = clock;
    this.options = parts.options;
    this.random = parts.random;
    this.registry = parts.registry;
    this.counts = parts.counts;
    this.publicTopics = parts.publicTopics;
    this.#outbox = parts.outbox;
    this.#privateTopics = parts.privateTopics;
    this.#waker = createWaker(clock, { nextDueMs: () => this.nextDueMs(), runDue: () => this.runDue() });
  }

  open(connection: Connection): void {
    if (this.registry.connections.size === 0) this.#nextIdleTickMs = this.#clock.nowMs() + this.options.idleTickMs;
    this.tally.opened += 1;
    this.registry.add(connection);
    this.#stopHearing ??= this.#engine.onEvent((event) => {
      this.#privateTopics.hear(event);
      this.publicTopics.hear(event);
      if (event.type === 'end') this.wake();
    });
    this.wake();
  }

  closed(connection: Connection): void {
    this.registry.remove(connection);
    if (this.registry.connections.size === 0) this.#hearNothing();
  }

  /** Lets a cut or a half-open socket happen to the sockets that are open and meant. */
  strike(fault: SocketFault): void {
    for (const connection of meantBy(fault, this.registry, this.random)) {
      if (fault.kind === 'socket-cut') connection.cut();
      if (fault.kind === 'half-open') connection.freeze();
    }
  }

  nextDueMs(): number | undefined {
    const tickMs = this.registry.connections.size > 0 ? this.#nextIdleTickMs : undefined;
    const dues = [this.#outbox.nextDueMs(), this.publicTopics.nextDueMs(), tickMs];
    const known = dues.filter((dueMs) => dueMs !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Sends what is due, ticks the public topics and cuts idle connections. */
  runDue(): void {
    const nowMs = this.#clock.nowMs();
    this.#outbox.flush(nowMs);
    this.publicTopics.runDue(nowMs);
    if (this.registry.connections.size === 0 || nowMs < this.#nextIdleTickMs) return;
    this.#nextIdleTickMs = nowMs + this.options.idleTickMs;
    cutIdle(this.registry, nowMs, this.options);
  }

  /** Makes sure that `runDue` is called in time; to be called after anything that may have made something due. */
  wake(): void {
    this.#waker.wake();
  }

  /** The idle times have changed: looks at the connections as soon as the new ones say. */
  restartIdleTicks(): void {
    this.#nextIdleTickMs = this.#clock.nowMs() + this.options.idleTickMs;
    this.wake();
  }

  /** Cuts every connection and stops; nothing is sent any more. */
  close(): void {
    this.isClosed = true;
    this.#waker.stop();
    this.#outbox.clear();
    this.#hearNothing();
    for (const connection of this.registry.connections) connection.cut();
  }

  #hearNothing(): void {
    this.#stopHearing?.();
    this.#stopHearing = undefined;
  }
}

/** Cuts what has been silent for too long; half-open sockets stay as they are (reference D.1). */
function cutIdle({ connections }: Registry, nowMs: number, options: StreamOptions): void {
  for (const connection of connections) {
    const allowedMs = connection.idleCutMs ?? options.idleCutMs;
    if (!connection.isHalfOpen && nowMs - connection.lastActiveMs >= allowedMs) connection.cut();
  }
}

function meantBy(fault: SocketFault, { connections }: Registry, random: Random): readonly Connection[] {
  const meant = [...connections].filter(
    ({ account, at }) => (fault.account ?? account) === account && at.path.endsWith(fault.endpoint ?? ''),
  );
  return meant.filter(() => random() < fault.probability).slice(0, fault.count);
}
