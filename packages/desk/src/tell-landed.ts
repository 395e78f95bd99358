import { redisTimeMs, type FlightScope, type MonitorRef } from '@backstop/store';
import type { DeskDeps } from './desk.ts';

/** A read that has landed. */
export interface LandedRead {
  readonly account: string;
  readonly scope: FlightScope;
  /** Redis time, ms: the version of all that it brought. */
  readonly startMs: number;
  /** Of a read of one symbol: the places that it was read for. Absent = of the whole account. */
  readonly places?: readonly Pick<MonitorRef, 'symbol' | 'positionIdx'>[] | undefined;
}

type LandedDeps = Pick<DeskDeps, 'redis'> & Partial<Pick<DeskDeps, 'log'>>;

/**
 * Tells at level `debug` that a read of rows has landed, and by which Redis time (`nowMs`) it had: no decision from then on may
 * stand on an older one. Where the level is off it is one look at the level, else a round trip.
 */
export async function tellLanded(read: LandedRead, { redis, log }: LandedDeps): Promise<void> {
  const { account, scope, startMs, places = [{ symbol: undefined, positionIdx: undefined }] } = read;
  if (log?.isLevelEnabled?.('debug') !== true || scope === 'executions') return;
  const kinds = scope === 'positions' ? ['position'] : ['position', 'orders'];
  const nowMs = await redisTimeMs(redis);
  for (const { symbol, positionIdx } of places)
    for (const kind of kinds) log.debug?.({ account, kind, scope, symbol, positionIdx, startMs, nowMs }, 'read landed');
}
