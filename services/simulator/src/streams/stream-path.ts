import type { StreamPath } from './connection.ts';

const CATEGORIES = ['linear', 'spot', 'inverse', 'option', 'spread'];

/** The stream at a path of the server, or `undefined` when there is none (reference D.1). */
export function streamPath(pathname: string): StreamPath | undefined {
  if (pathname === '/v5/private') return { kind: 'private', path: 'private', category: '' };
  if (pathname === '/v5/trade') return { kind: 'trade', path: 'trade', category: '' };
  const path = pathname.slice('/v5/'.length);
  if (pathname === '/v5/public/misc/status') return { kind: 'public', path, category: 'status' };
  const category = CATEGORIES.find((name) => pathname === `/v5/public/${name}`);
  return category === undefined ? undefined : { kind: 'public', path, category };
}

const TIME = /^(\d{1,4})(s|m)$/;

/** `max_active_time` in milliseconds: 30s to 600s, 1m to 10m; `undefined` for anything else, which is not heeded. */
export function maxActiveMs(text: string | null): number | undefined {
  const [, count, unit] = TIME.exec(text ?? '') ?? [];
  if (count === undefined) return undefined;
  const ms = Number(count) * (unit === 'm' ? 60_000 : 1_000);
  return ms >= 30_000 && ms <= 600_000 ? ms : undefined;
}
