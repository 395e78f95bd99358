/** A fault of the exchange lasts for 20 s at most, a process of ours or Redis is away for no longer; two may follow one another. */
const STRETCH_MS = 40_000;
/** A worker that a trap has caught stands still for so long at most, and its locks run out. */
const CAUGHT_MS = 15_000;

/**
 * For how much longer than on a calm day a fill may go unnoticed on a day of these faults, ms: while the exchange answers nothing
 * that could be believed, nobody is there to ask it, or frames are lost. The others take nobody's time.
 */
export const UNNOTICED_MS: Readonly<Record<string, number>> = {
  'reply-lost-before': STRETCH_MS,
  'reply-lost-after': STRETCH_MS,
  'http-500': STRETCH_MS,
  'server-error': STRETCH_MS,
  'rate-limited': STRETCH_MS,
  restarting: STRETCH_MS,
  'service-restart': STRETCH_MS,
  'key-revoked': STRETCH_MS,
  forbidden: 700_000, // a ban of ten minutes
  'partial-page': STRETCH_MS,
  'unknown-enum': STRETCH_MS,
  'clock-skew': STRETCH_MS,
  'worker-killed': CAUGHT_MS,
  'worker-frozen': STRETCH_MS,
  'frozen-in-flight': CAUGHT_MS,
  'second-recorder': CAUGHT_MS,
  'fence-lost': CAUGHT_MS,
  'moved-on': CAUGHT_MS,
  'late-landing': CAUGHT_MS,
  'jobs-lost': CAUGHT_MS,
  'scheduler-killed': STRETCH_MS,
  'maintenance-killed': 30_000, // no prices
  'redis-away': STRETCH_MS,
  'redis-frozen': STRETCH_MS,
  'redis-slow': STRETCH_MS,
  'redis-lost': STRETCH_MS,
  'frame-dropped': 160_000, // until an audit of everything has found it (ADR 0017)
  'socket-cut': STRETCH_MS,
  'half-open': STRETCH_MS,
  'auth-silent': STRETCH_MS,
  'stream-killed': STRETCH_MS,
  'stream-frozen': STRETCH_MS,
  'two-streams': STRETCH_MS,
};
