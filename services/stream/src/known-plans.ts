import type { PlanOfFills } from '@backstop/desk';
import { getPlans, listActive, peekInstallation, type MonitorRef, type Redis } from '@backstop/store';

/** Who is active on an account, as this process read it last, with what of their plans says whose an execution is. */
export interface KnownPlans {
  readonly active: readonly MonitorRef[];
  readonly plans: readonly PlanOfFills[];
  readonly installation: string;
}

/** Of an account: what was read last, and what is being read. */
interface Held {
  known?: KnownPlans & { readonly session: string };
  reading?: Promise<KnownPlans>;
}

const heldBy = new WeakMap<Redis, Map<string, Held>>();

/**
 * What is remembered of an account since this session began; undefined = nothing. Whoever acts on it has it compared, in the script that
 * acts, with who is active by then, and reads it anew where that differs. No id ever stands for another plan, and the letters
 * of an installation outlive every session: they are lost with Redis alone, and no session outlives that.
 */
export function rememberedPlans(redis: Redis, account: string, session: string): KnownPlans | undefined {
  const { known } = heldOf(redis, account);
  return known?.session === session ? known : undefined;
}

/** Reads it anew, once for all who ask meanwhile. It is remembered where nothing of it is missing that comes later. */
export async function readPlans(redis: Redis, account: string, session: string): Promise<KnownPlans> {
  const held = heldOf(redis, account);
  delete held.known;
  held.reading ??= read(redis, { account, session }, held).finally(() => {
    delete held.reading;
  });
  return held.reading;
}

async function read(
  redis: Redis,
  of: { readonly account: string; readonly session: string },
  held: Held,
): Promise<KnownPlans> {
  const { account, session } = of;
  const active = await listActive(redis, account);
  // Read after the active monitors: after a loss of Redis the letters come back before any plan does.
  const [installation, texts] = await Promise.all([peekInstallation(redis), getPlans(redis, active)]);
  const plans = texts.flatMap((plan) => (plan === undefined ? [] : [toPlanOfFills(plan)]));
  const known = { active, plans, installation: installation ?? '' };
  if (installation !== undefined && plans.length === active.length) held.known = { ...known, session };
  return known;
}

function heldOf(redis: Redis, account: string): Held {
  const all = heldBy.get(redis) ?? new Map<string, Held>();
  heldBy.set(redis, all);
  const held = all.get(account) ?? {};
  all.set(account, held);
  return held;
}

function toPlanOfFills({ id, symbol, positionIdx, createdAtMs, adopted }: PlanOfFills): PlanOfFills {
  return { id, symbol, positionIdx, createdAtMs, ...(adopted && { adopted }) };
}
