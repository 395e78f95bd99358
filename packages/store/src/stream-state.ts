import type { StreamPicture } from './stream-sessions.ts';

/** What becomes of an account's fills: seen at once; seen at once as soon as its reads have landed; seen when it is polled. */
export type StreamState = 'synced' | 'joining' | 'down';

export function streamState({ live, synced }: Pick<StreamPicture, 'live' | 'synced'>): StreamState {
  if (synced) return 'synced';
  return live ? 'joining' : 'down';
}
