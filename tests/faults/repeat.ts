/** Does it at once and then this long after each end; what fails is tried again in its turn. */
export function repeat(everyMs: number, task: () => Promise<unknown>): void {
  const run = async (): Promise<void> => {
    await task().catch(() => undefined);
    setTimeout(() => void run(), everyMs);
  };
  void run();
}
