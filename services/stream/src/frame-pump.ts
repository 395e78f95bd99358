import type { PrivateFrame } from '@backstop/core';

/** The most frames that are applied together: a longer burst would hold Redis up for those who act on the first of it. */
const LARGEST_BATCH = 100;
/**
 * A fill is told by its execution, its order and then the position, within a millisecond or two (reference D.4): together they are
 * one look for the monitor, one by one they are three. Whatever comes without a position waits for it for so long.
 */
const TOGETHER_MS = 4;

/** Frames with the moment at which they were received, by `performance.now()`. */
interface Received {
  readonly frame: PrivateFrame;
  readonly atMs: number;
}

export interface FramePumpOptions {
  /** Applies frames that follow each other. Rejects when nothing is known of what came of it. */
  readonly apply: (frames: readonly PrivateFrame[], receivedAtMs: number) => Promise<void>;
  /** A batch failed: it and all that waited behind it are dropped, and the pump is shut. */
  readonly failed: (error: unknown) => void;
}

/**
 * Applies an account's frames in the order of their arrival, one batch at a time: what comes while one is under way makes the
 * next. It is shut at first and after a failure: what comes then is dropped, for whoever opens it reads everything anew.
 */
export class FramePump {
  readonly #options: FramePumpOptions;
  #waiting: Received[] = [];
  #isOpen = false;
  #opening: Promise<boolean> = Promise.resolve(false);
  #running: Promise<void> | undefined;
  /** Ends the wait for the rest of an event. */
  #arrived: (() => void) | undefined;

  constructor(options: FramePumpOptions) {
    this.#options = options;
  }

  /** From now on frames are taken; none is applied before `opening` has resolved, and none at all where it is not with true. */
  open(opening: Promise<boolean>): void {
    this.#isOpen = true;
    this.#opening = opening;
  }

  /** Drops what waits. What is under way comes to its end. */
  shut(): void {
    this.#isOpen = false;
    this.#waiting = [];
    this.#arrived?.();
  }

  push(frames: readonly PrivateFrame[]): void {
    if (!this.#isOpen) return;
    const atMs = performance.now();
    this.#waiting.push(...frames.map((frame) => ({ frame, atMs })));
    if (this.#isWhole()) this.#arrived?.();
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      const opening = this.#opening;
      const isOpened = await opening.catch(() => false);
      if (opening !== this.#opening) continue; // opened anew meanwhile
      if (isOpened) await this.#next(opening);
      else this.shut();
    }
    this.#running = undefined; // in the step that saw nothing waiting, so that no frame comes in between
  }

  async #gather(): Promise<void> {
    if (this.#isWhole()) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, TOGETHER_MS);
      this.#arrived = () => {
        clearTimeout(late);
        resolve();
      };
    });
    this.#arrived = undefined;
  }

  /** The position comes last of what one event tells. */
  #isWhole(): boolean {
    return this.#waiting.at(-1)?.frame.topic === 'position';
  }

  async #next(opening: Promise<boolean>): Promise<void> {
    const batch = this.#waiting.splice(0, LARGEST_BATCH);
    const [first] = batch;
    if (first === undefined) return;
    const frames = batch.map(({ frame }) => frame);
    try {
      await this.#options.apply(frames, first.atMs);
    } catch (error) {
      if (opening !== this.#opening || !this.#isOpen) return; // whoever opened it since then reads anew
      this.shut();
      this.#options.failed(error);
    }
  }
}
