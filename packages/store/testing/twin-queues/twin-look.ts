import type { TwinProcess } from './twin-process.ts';

export interface TwinLookParts {
  readonly process: TwinProcess;
  readonly nowMs: () => number;
  readonly everyMs: number;
  readonly act: () => void | Promise<void>;
  /** Nothing to look after any more: it stops until `goOn`. */
  readonly isOver: () => boolean;
}

/**
 * Something that a process does again and again, this long after the last end. While there is nothing to look after it takes no
 * timer, and goes on as if it had never stopped: at the times at which it would have looked.
 */
export class TwinLook {
  readonly #parts: TwinLookParts;
  /** From here on the times are counted. */
  #fromMs: number;
  #isOn = false;

  constructor(parts: TwinLookParts) {
    this.#parts = parts;
    this.#fromMs = parts.nowMs();
  }

  /** Looks now, and goes on where there is something to look after. */
  begin(): void {
    this.#isOn = true;
    void this.#look();
  }

  /** There is something to look after. */
  goOn(): void {
    if (this.#isOn) return;

    this.#isOn = true;
    const { everyMs, nowMs } = this.#parts;
    this.#next(everyMs - ((nowMs() - this.#fromMs) % everyMs));
  }

  #next(ms: number): void {
    this.#parts.process.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { act, nowMs, everyMs, isOver } = this.#parts;
    await act();
    this.#fromMs = nowMs();
    this.#isOn = !isOver();
    if (this.#isOn) this.#next(everyMs);
  }
}
