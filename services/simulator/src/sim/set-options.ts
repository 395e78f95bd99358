import type { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import type { optionsBody } from './options-body.ts';

/** Sets what is named of the engine's, the limits' and the reads' options; the rest stays. */
export function setOptions({ engine, limits, history, streams }: Simulator, body: z.output<typeof optionsBody>): void {
  const { limits: limitOptions = {}, restLagMs, streams: streamOptions = {}, ...options } = body;
  Object.assign(engine.venue.options, options);
  Object.assign(limits.options, limitOptions);
  Object.assign(streams.options, streamOptions);
  streams.restartIdleTicks();
  if (restLagMs !== undefined) history.lag(restLagMs);
}
