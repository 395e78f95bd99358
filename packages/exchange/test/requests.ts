import { ExchangeError } from '@backstop/core';
import type { Request } from '../src/bybit/wire.ts';
import { free } from './connect.ts';

export const READ: Request = {
  endpoint: 'position-list',
  effect: 'read',
  cost: 1,
  signal: free().signal,
  call: (sdk) => sdk.getPositionInfo({ category: 'linear', cursor: 'BTCUSDT%2C1,0' }),
};

export const WRITE: Request = {
  endpoint: 'order-cancel',
  effect: 'write',
  cost: 1,
  ...free(),
  call: (sdk) => sdk.cancelOrder({ category: 'linear', symbol: 'BTCUSDT', orderId: 'ü 1' }),
};

/** The error of a request that has to fail. */
export async function failureOf(promise: Promise<unknown>): Promise<ExchangeError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ExchangeError)) throw new Error(`no ExchangeError: ${String(error)}`);
  return error;
}
