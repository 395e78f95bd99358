import { budgetedHooks } from '@backstop/desk';
import { openExchanges, privateStreamUrl, type StreamSocket } from '@backstop/exchange';
import { every } from '@backstop/runtime';
import type { ClientSocket, InProcessSimulator } from '@backstop/simulator';
import type { Observer } from '@backstop/stream/observe-streams';
import { openShare } from '@backstop/stream/open-share';
import type { Gate } from '@backstop/store/testing';
import type { ShareKeeper } from '@backstop/stream/share-keeper';
import { wayTo } from './carrier.ts';
import { openFleetProcess, type FleetProcess } from './fleet-process.ts';
import { outside, type ProcessLoop, type ProcessTimers } from './process-timers.ts';
import { streamSocket } from './stream-socket.ts';
import type { FleetParts } from './worker-process.ts';

const BASE_URL = 'http://venue';
const KEEP_MS = 1_000;
const SOCKETS = 8;

export interface StreamParts extends Pick<
  FleetParts,
  'accounts' | 'connect' | 'onCommand' | 'queues' | 'redis' | 'send' | 'throughSdk'
> {
  readonly timers: ProcessTimers;
  readonly venue: Pick<InProcessSimulator, 'connect'>;
  /** What its metrics would show. */
  readonly observer: Observer;
}

export interface StreamProcess extends FleetProcess {
  readonly owner: string;
  /** Why its share is not in its hands, as /readyz says it; empty = it is. */
  readonly reasons: () => readonly string[];
  /** SIGTERM: it gives up what it holds, and ends. */
  readonly leave: () => Promise<void>;
}

/**
 * A stream process with everything that a real one has but its network: it keeps its share of the accounts under the name that it
 * holds leases by. Killed, its sockets end with it; stopped, they stay open, and its timers and what comes in wait.
 */
export function openStreamProcess(owner: string, parts: StreamParts): StreamProcess {
  const process = openFleetProcess(parts.redis, parts.onCommand);
  const loop = parts.timers.open();
  const sockets = new Set<ClientSocket>();
  const connect = (url: string): StreamSocket => {
    const socket = outside(() => parts.venue.connect(url));
    sockets.add(socket);
    return streamSocket(socket, loop);
  };
  const leaving = new AbortController();
  const share = loop.inside(() => keepShare(owner, { process, connect, leaving: leaving.signal }, parts));
  const kill = (): void => {
    process.kill();
    loop.kill();
    for (const socket of sockets) socket.terminate();
  };
  return {
    ...process,
    owner,
    reasons: () => share.reasons(),
    kill,
    leave: async () => {
      await loop.inside(() => {
        leaving.abort();
        return share.close();
      });
      kill();
    },
    ...holding(process, loop),
  };
}

function holding(process: FleetProcess, loop: ProcessLoop): Pick<FleetProcess, 'stop' | 'resume'> {
  return {
    stop: () => {
      process.stop();
      loop.stop();
    },
    resume: () => {
      process.resume();
      loop.resume();
    },
  };
}

interface Inside {
  readonly process: FleetProcess;
  readonly connect: (url: string) => StreamSocket;
  readonly leaving: AbortSignal;
}

/** As `openStreams` does. */
function keepShare(owner: string, { process, connect, leaving }: Inside, parts: StreamParts): ShareKeeper {
  const { accounts, observer } = parts;
  const gate: FleetProcess['gate'] = (command, run) => outside(() => process.gate(command, run));
  const { first, after } = inTurn(gate);
  const redis = parts.connect(first);
  const exchanges = openExchanges({
    accounts,
    baseUrl: BASE_URL,
    maxSockets: SOCKETS,
    ...wayTo(parts.throughSdk, (request) => outside(() => process.reach(() => parts.send(undefined, request)))),
    hooksOf: (account) => budgetedHooks(redis, account, observer),
  });
  const share = openShare({
    redis,
    owner,
    accounts,
    observer,
    connect,
    queues: parts.queues.queues(after),
    log: { info: ignore, warn: ignore, error: ignore },
    exchangeOf: exchanges.of,
    url: privateStreamUrl(BASE_URL),
  });
  void every(KEEP_MS, leaving, () => share.keep(), ignore);
  return share;
}

/** A gate behind which commands take effect after all that went through the other one before: they share a connection. */
function inTurn(gate: Gate): { readonly first: Gate; readonly after: Gate } {
  const under = new Set<Promise<unknown>>();
  return {
    first: (command, run) => {
      const done = gate(command, run);
      const settled = done.then(ignore, ignore);
      under.add(settled);
      void settled.then(() => under.delete(settled));
      return done;
    },
    after: async (command, run) => {
      if (under.size > 0) await Promise.all(under);
      return gate(command, run);
    },
  };
}

function ignore(): void {}
