import { fromJson } from '@backstop/core';
import { describeAction } from '@backstop/store';
import type {
  Archive,
  DecisionRecord,
  EventRecord,
  OutboxEntry,
  PlannedRecord,
  RecordedDecision,
  StateRecord,
} from '@backstop/store';
import type { MonitorEvent, Plan } from '@backstop/core';
import { INSTALLATION } from './worker-process.ts';

/** What the outbox has told so far, kept in memory: durable, as the real one is, for as long as a day lasts. */
export interface MemoryArchive {
  readonly archive: Archive;
  readonly events: readonly (MonitorEvent & { readonly monitorId: string })[];
}

/** `tell` hears of what is told; without it nobody reads the decisions. */
export function openMemoryArchive(tell?: (line: string) => void): MemoryArchive {
  const plans = new Map<string, Plan>();
  const closed = new Set<string>();
  const events: (MonitorEvent & { monitorId: string })[] = [];
  const offsets = new Map<number, { readonly nonce: string; readonly lastId: string }>();
  const keep = ({ type, json }: OutboxEntry): void => {
    if (type === 'planned') {
      const { plan } = fromJson<PlannedRecord>(json);
      plans.set(plan.id, plan);
    } else if (type === 'state') {
      const { closed: isClosed, monitorId } = JSON.parse(json) as Pick<StateRecord, 'closed' | 'monitorId'>;
      if (isClosed) closed.add(monitorId);
    } else if (type === 'event') {
      const { event, monitorId } = fromJson<EventRecord>(json);
      tell?.(`told: ${monitorId} ${event.type} ${JSON.stringify(event.detail)} of ${event.atMs}`);
      events.push({ ...event, monitorId });
    } else if (type === 'decision' && tell !== undefined) {
      const { decision, monitorId, lane } = fromJson<DecisionRecord>(json);
      const { actions, conditions } = decision as RecordedDecision;
      tell(
        `decided: ${monitorId}:${lane} ${actions.map(describeAction).join('; ')} ${Object.keys(conditions).join(' ')}`,
      );
    }
  };
  const storedUpTo = (bucket: number, nonce: string): string => {
    const offset = offsets.get(bucket);
    return offset?.nonce === nonce ? offset.lastId : '0';
  };
  const archive: Partial<Archive> = {
    drain: async (bucket, nonce, entries) => {
      for (const entry of entries) keep(entry);
      const lastId = entries.at(-1)?.id ?? storedUpTo(bucket, nonce);
      offsets.set(bucket, { nonce, lastId });
      return { stored: entries.length, skipped: 0, lastId };
    },
    offset: async (bucket, nonce) => storedUpTo(bucket, nonce),
    activePlans: async () => [...plans.values()].filter(({ id }) => !closed.has(id)),
    isClosed: async (monitorId) => closed.has(monitorId),
    installation: async () => INSTALLATION,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what maintenance asks for in a day
  return { archive: archive as Archive, events };
}
