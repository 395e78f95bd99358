import { isUnreadable } from '@backstop/desk';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;
/** What cannot be read or is refused now will be so in a while: nobody is helped by asking for it with the right of protection. */
const LONGEST_UNREADABLE_MS = 60_000;

/** After how long an account is read again that could not be joined, ms: twice as long with each attempt (the first is 0), jittered. */
export function joinAgainMs(attempt: number, error: unknown): number {
  const longestMs = isUnreadable(error) ? LONGEST_UNREADABLE_MS : LONGEST_MS;
  return Math.min(FIRST_MS * 2 ** attempt, longestMs) * (0.5 + Math.random() / 2);
}
