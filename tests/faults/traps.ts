import type { FleetProcess } from './fleet-process.ts';

/** The worker that next sends such a request stands still from that moment on. */
interface Trap {
  /** A part of the endpoint's path. */
  readonly endpoint: string;
  readonly forMs: number;
}

export interface Traps {
  /** False when one is waiting already: nothing changes then. */
  readonly arm: (trap: Trap) => boolean;
  /** To be called when a worker's request leaves. */
  readonly onDeparture: (worker: FleetProcess, endpoint: string) => void;
}

export function openTraps(): Traps {
  const armed: { trap: Trap | undefined } = { trap: undefined };
  return {
    arm: (trap) => {
      if (armed.trap !== undefined) return false;
      armed.trap = trap;
      return true;
    },
    onDeparture: (worker, endpoint) => {
      const { trap } = armed;
      if (trap === undefined || !endpoint.includes(trap.endpoint)) return;
      armed.trap = undefined;
      worker.stop();
      setTimeout(worker.resume, trap.forMs);
    },
  };
}
