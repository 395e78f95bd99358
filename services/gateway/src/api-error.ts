import type { Fault } from '@backstop/core';

/** What the one who asks is told: a status, a sentence, and where it helps each fault with its path. */
export class ApiError extends Error {
  readonly statusCode: number;
  readonly faults: readonly Fault[];

  constructor(statusCode: number, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.name = 'ApiError';
    this.statusCode = statusCode;
    this.faults = faults;
  }
}
