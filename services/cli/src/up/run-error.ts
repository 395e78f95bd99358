/** A run that cannot go on, for reasons that a person understands without a stack. The process exits with 1. */
export class RunError extends Error {
  readonly exitCode = 1;

  constructor(message: string) {
    super(message);
    this.name = 'RunError';
  }
}
