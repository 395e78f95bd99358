import { randomUuid } from '../engine/random.ts';
import type { Random } from '../engine/random.ts';
import { noteTold } from '../engine/truth/reactions.ts';
import type { Venue, VenueEvent } from '../engine/venue.ts';
import { privateChannel } from './connection.ts';
import type { FrameSender } from './frame-sender.ts';
import type { Outbox } from './outbox.ts';
import { privateFrames } from './private-frames.ts';
import type { PrivateEvent, PrivateFrame } from './private-frames.ts';
import { NAMES_OF_KIND } from './private-topics.ts';
import type { Registry } from './registry.ts';
import type { StreamOptions } from './stream-options.ts';

export interface PrivatePublisher {
  /** Takes an event of the engine; the frames of a command are posted at its end. */
  hear: (event: VenueEvent) => void;
}

/** Turns the engine's events into private frames and posts them. Accounts that nobody listens to cost nothing. */
export function createPrivatePublisher(
  venue: Venue,
  parts: {
    registry: Registry;
    outbox: Outbox;
    sender: FrameSender;
    options: StreamOptions;
    random: Random;
    /** Of the way to the client, added to each delivery. */
    wayMs: number;
  },
): PrivatePublisher {
  const { registry, outbox, options } = parts;
  const newUuid = (): string => randomUuid(parts.random);
  const gathered = new Map<string, PrivateEvent[]>();

  const post = (account: string, { kind, id, creationMs, rows, executed }: PrivateFrame): void => {
    const channel = privateChannel(account);
    const topics = NAMES_OF_KIND[kind].filter((topic) => registry.subscribers(channel, topic).size > 0);
    if (topics.length === 0) return;
    const data = JSON.stringify(rows());
    const atMs = creationMs + options.streamLagMs + parts.wayMs;
    for (const topic of topics) {
      const text = frameText(kind, { id, topic, creationMs, data });
      const left = (nowMs: number): void => {
        if (executed !== undefined) noteTold(venue, account, executed, nowMs);
      };
      outbox.post(atMs, (nowMs) => parts.sender.send({ channel, account, topic, text, left }, nowMs));
    }
  };
  const gather = (event: PrivateEvent): void => {
    if (!registry.hears(privateChannel(event.account))) return;
    const events = gathered.get(event.account);
    if (events === undefined) gathered.set(event.account, [event]);
    else events.push(event);
  };
  const postAll = (atMs: number): void => {
    for (const [name, events] of gathered) {
      const account = venue.accounts.get(name);
      if (account === undefined) continue;
      const frames = privateFrames(venue, account, events, { timing: { atMs, ...options }, newUuid });
      for (const frame of frames) post(name, frame);
    }
    gathered.clear();
  };

  return {
    hear: (event) => {
      if (event.type === 'end') postAll(event.atMs);
      else if ('account' in event) gather(event);
    },
  };
}

/** The envelope of reference D.4, with its keys in the order of the captures; that of fast executions has no id. */
function frameText(
  kind: PrivateFrame['kind'],
  { id, topic, creationMs, data }: { id: string; topic: string; creationMs: number; data: string },
): string {
  const names = [`"topic":${JSON.stringify(topic)}`, ...(kind === 'fast' ? [] : [`"id":${JSON.stringify(id)}`])];
  const ordered = kind === 'wallet' || kind === 'position' ? names.toReversed() : names;
  return `{${ordered.join(',')},"creationTime":${creationMs},"data":${data}}`;
}
