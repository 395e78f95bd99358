import { setTimeout as pause } from 'node:timers/promises';
import type { MonitorRef } from '@backstop/store';
import type { FleetProcess } from './fleet-process.ts';
import type { ScriptCall } from './store-scripts.ts';

/** The worker that next does this is caught in the moment in which it sends it. */
interface Trap {
  /** The name of a script of the store, or a part of an endpoint's path. */
  readonly at: string;
  readonly isIt?: (call: ScriptCall) => boolean;
  /**
   * freeze: the whole process stands still from that moment on. hold: only this script is held up on its way. watch: it goes
   * on.
   */
  readonly how: 'freeze' | 'hold' | 'watch';
  readonly forMs: number;
  /** What happens meanwhile. */
  readonly meanwhile?: (caught: Caught) => void;
}

/** The script that is about to run, or the monitor on whose behalf a request has left. */
interface Caught {
  readonly call?: ScriptCall;
  readonly ref?: MonitorRef;
}

export interface Traps {
  /** False when one is waiting already: nothing changes then. */
  readonly arm: (trap: Trap) => boolean;
  /** To be called when a worker's request leaves. */
  readonly onDeparture: (worker: FleetProcess, endpoint: string, ref: MonitorRef | undefined) => void;
  /** To be called before a worker's script is sent; that waits for what comes back. */
  readonly onScript: (worker: FleetProcess, call: ScriptCall) => Promise<void> | undefined;
}

export function openTraps(): Traps {
  const armed: { trap: Trap | undefined } = { trap: undefined };
  const spring = ({ how, forMs, meanwhile }: Trap, worker: FleetProcess, caught: Caught): Promise<void> | undefined => {
    armed.trap = undefined;
    meanwhile?.(caught);
    if (how === 'hold') return pause(forMs);
    if (how === 'watch') return undefined;
    worker.stop();
    setTimeout(worker.resume, forMs);
    return undefined;
  };
  return {
    arm: (trap) => {
      if (armed.trap !== undefined) return false;
      armed.trap = trap;
      return true;
    },
    onDeparture: (worker, endpoint, ref) => {
      const { trap } = armed;
      if (trap !== undefined && endpoint.includes(trap.at)) void spring(trap, worker, { ...(ref && { ref }) });
    },
    onScript: (worker, call) => {
      const { trap } = armed;
      if (trap?.at !== call.name || trap.isIt?.(call) === false) return undefined;
      return spring(trap, worker, { call });
    },
  };
}
