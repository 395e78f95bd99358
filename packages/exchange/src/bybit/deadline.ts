/** A signal that fires with the caller's or, once started, when the time is up; disposing it leaves nothing behind. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #abort = (): void => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;
  #expired = false;

  constructor(caller: AbortSignal) {
    this.#caller = caller;
    if (caller.aborted) this.#abort();
    else caller.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True when the time was up, false when the caller gave up or nobody did. */
  get expired(): boolean {
    return this.#expired;
  }

  start(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#abort();
    }, afterMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#abort);
  }
}
