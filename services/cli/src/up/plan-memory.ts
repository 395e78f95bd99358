import { randomBytes } from 'node:crypto';
import { keepsState } from './state-folder.ts';
import type { UpOptions } from './up-options.ts';

/** What a run knows of the plans of earlier ones, and later ones of its own. */
export interface PlanMemory {
  /** Whether earlier runs may have left monitors. */
  readonly isKept: boolean;
  /** Sets the ids of this run's plans apart; empty = a plan that is read again is the same trade. */
  readonly run: string;
  readonly faults: readonly string[];
}

const FORGETFUL =
  '--state: missing; with REDIS_URL alone, the archive and with it the plans that are over would be lost';

/**
 * Looks where the state of this run is kept, and starts nothing. A simulated exchange is a new one each time, and a live run
 * without a place for its state leaves none. A Redis or Postgres of one's own counts as kept: what it holds shows later.
 */
export async function planMemory(options: UpOptions | undefined, env: NodeJS.ProcessEnv): Promise<PlanMemory> {
  if (options === undefined || options.venue === 'simulator') return nothingKept();
  const { venue, state } = options;
  const redis = isSet(env['REDIS_URL']);
  const archive = isSet(env['DATABASE_URL']);
  if (state !== undefined) {
    return { isKept: redis || archive || (await keepsState(state, venue)), run: '', faults: [] };
  }
  if (archive) return { isKept: true, run: '', faults: [] };
  return redis ? { isKept: true, run: '', faults: [FORGETFUL] } : nothingKept();
}

function nothingKept(): PlanMemory {
  return { isKept: false, run: randomBytes(8).toString('hex'), faults: [] };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
