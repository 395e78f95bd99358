import type { Venue } from './venue.ts';

/** The moment that an order or position changed by the running command says of it: later by the option `updatedLagMs`. */
export function updateTimeMs({ nowMs, options }: Venue): number {
  return nowMs() + options.updatedLagMs;
}
