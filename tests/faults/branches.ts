import type { Redis } from '@backstop/store';
import type { ScriptCall } from './store-scripts.ts';

/** What the store's guards are there for, and a day seldom reaches unless it is led there: how often it did. */
export interface Branches {
  /** A check recorded against a version that another one had moved on. */
  readonly conflict: number;
  /** A write was not sent because another job had taken the lane over. */
  readonly fenced: number;
  /** A write was not sent because another job's request of the lane might still take effect. */
  readonly foreignIntent: number;
  /** An entry was not sent because stage or executions had moved on since they were read (S-20). */
  readonly movedOn: number;
  /** A read landed after a newer one, and changed nothing of it. */
  readonly lateRows: number;
}

export const BRANCH_NAMES = ['conflict', 'fenced', 'foreignIntent', 'movedOn', 'lateRows'] as const;

/** Those that faults lead to: a run over all faults takes each of them. */
export const DIRECTED = ['conflict', 'fenced', 'movedOn', 'lateRows'] as const;

export interface BranchCounts {
  /** Hears of each script that a worker ran, and what it replied. */
  readonly note: (call: ScriptCall, reply: unknown) => void;
  readonly counts: () => Branches;
}

/** Tells by the replies of scripts which branches were taken; where a reply does not say, `admin` looks. */
export function openBranches(admin: Redis): BranchCounts {
  const counts = { conflict: 0, fenced: 0, foreignIntent: 0, movedOn: 0, lateRows: 0 };
  const intents = (reply: unknown): void => {
    const [word] = Array.isArray(reply) ? reply.map(String) : [];
    if (word === 'fenced') counts.fenced += 1;
    else if (word === 'foreign-intent') counts.foreignIntent += 1;
    else if (word === 'moved-on') counts.movedOn += 1;
  };
  const record = async ({ keys, args }: ScriptCall, reply: unknown): Promise<void> => {
    const [lane, version] = [keys[5], args[5]];
    if (reply !== 0 || lane === undefined) return;
    if ((await admin.hget(lane, 'version')) !== version) counts.conflict += 1;
  };
  const landing = async ({ keys, args }: ScriptCall): Promise<void> => {
    const rows = keys.filter((key) => /:(row|listing):/.test(key));
    const starts = await Promise.all(rows.map((key) => admin.hget(key, 'start')));
    if (starts.some((start) => Number(start ?? 0) > Number(args[1]))) counts.lateRows += 1;
  };
  const look = async (call: ScriptCall, reply: unknown): Promise<void> => {
    if (call.name === 'open-intents') intents(reply);
    else if (call.name === 'record-check') await record(call, reply);
    else if (call.name === 'land-rows') await landing(call);
  };
  return { counts: () => ({ ...counts }), note: (call, reply) => void look(call, reply) };
}

/** How often all these days together took each branch. */
export function sumBranches(days: readonly { readonly branches: Branches }[]): Branches {
  const sum = (name: keyof Branches): number => days.reduce((total, { branches }) => total + branches[name], 0);
  return {
    conflict: sum('conflict'),
    fenced: sum('fenced'),
    foreignIntent: sum('foreignIntent'),
    movedOn: sum('movedOn'),
    lateRows: sum('lateRows'),
  };
}
