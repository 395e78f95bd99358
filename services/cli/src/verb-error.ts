/** How a verb ends when its answer is not "all is well": one line for stderr, and the exit code 1. */
export class VerbError extends Error {
  readonly exitCode = 1;

  constructor(message: string) {
    super(message);
    this.name = 'VerbError';
  }
}
