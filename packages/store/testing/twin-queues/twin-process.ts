/** A process that can be frozen and ended, as far as its timers and its commands are concerned. */
export interface TwinProcess {
  /** Resolves when the process runs: at once where it is not frozen, never again once it was killed. */
  runs(): Promise<void>;
  /** Calls `act` after `ms`, or when the process is resumed after that. Returns how to call it off. */
  after(ms: number, act: () => void): () => void;
  /** Calls `act` each `ms` while the process runs; what a frozen one missed happens once when it is resumed. */
  every(ms: number, act: () => void): () => void;
  kill(): void;
  stop(): void;
  resume(): void;
}

export function twinProcess(): TwinProcess {
  return new OpenTwinProcess();
}

class OpenTwinProcess implements TwinProcess {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #overdue = new Set<() => void>();
  #halt: PromiseWithResolvers<void> | undefined;
  #isKilled = false;

  async runs(): Promise<void> {
    while (this.#halt !== undefined) await this.#halt.promise;
  }

  after(ms: number, act: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#happen(act);
    }, ms);
    return this.#keep(timer, act);
  }

  every(ms: number, act: () => void): () => void {
    const timer = setInterval(() => this.#happen(act), ms);
    return this.#keep(timer, act);
  }

  kill(): void {
    this.#isKilled = true;
    this.#halt ??= Promise.withResolvers();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#overdue.clear();
  }

  stop(): void {
    this.#halt ??= Promise.withResolvers();
  }

  /** First the timers, in the order of their times, then the replies that have come in between. */
  resume(): void {
    if (this.#isKilled || this.#halt === undefined) return;

    const { resolve } = this.#halt;
    this.#halt = undefined;
    for (const act of this.#overdue) if (this.#overdue.delete(act)) act();
    resolve();
  }

  #happen(act: () => void): void {
    if (this.#halt === undefined) act();
    else this.#overdue.add(act);
  }

  #keep(timer: NodeJS.Timeout, act: () => void): () => void {
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
      this.#overdue.delete(act);
    };
  }
}
