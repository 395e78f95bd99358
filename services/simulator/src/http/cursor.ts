import { refusals } from '../engine/refusal.ts';

/** A cursor as replies carry it: percent-encoded, opaque to clients. */
export function encodeCursor(parts: readonly string[]): string {
  return encodeURIComponent(parts.join(','));
}

/** The parts of a cursor from a query. Clients send it as it came or encoded once more (reference F.3); both are read. */
export function decodeCursor(cursor: string): readonly string[] {
  try {
    return decodeURIComponent(cursor).split(',');
  } catch {
    throw refusals.parameter('params error: cursor invalid');
  }
}
