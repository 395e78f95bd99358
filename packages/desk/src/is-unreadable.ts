import { ExchangeError } from '@backstop/core';

/** A listing that holds a row which cannot be read, or that the exchange does not give: others may be read all the same. */
export function isUnreadable(error: unknown): error is ExchangeError {
  return error instanceof ExchangeError && error.reason === 'rejected';
}
