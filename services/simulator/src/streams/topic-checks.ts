import type { Connection } from './connection.ts';
import { isPrivateTopic, mixesStyles } from './private-topics.ts';
import { LINEAR_CHANNEL } from './public-publisher.ts';
import type { Streams } from './streams.ts';

/** Characters that all topics of one public connection may have together (reference D.2). */
const MOST_ARGS_CHARACTERS = 21_000;

/** What is wrong with a subscribe frame: nothing, or a text and the topics that may be subscribed nevertheless. */
export interface TopicCheck {
  readonly fault: string | undefined;
  readonly good: readonly string[];
}

/** Checks the topics of a subscribe frame; texts of reference D.2. */
export function checkTopics(streams: Streams, connection: Connection, names: readonly string[]): TopicCheck {
  const whole = faultOfFrame(streams, connection, names);
  if (whole !== undefined) return { fault: whole, good: [] };
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const name of names) {
    const fault = faultOfTopic(streams, connection, name, seen);
    if (fault === undefined) seen.add(name);
    else faults.push(fault);
  }
  const [fault] = faults;
  if (fault === undefined || streams.options.mixedFrame === 'good-topics') return { fault, good: [...seen] };
  return { fault, good: [] };
}

function faultOfFrame(
  { options }: Streams,
  { at, account, topics }: Connection,
  names: readonly string[],
): string | undefined {
  if (at.kind === 'private' && account === '') return options.subscribeBeforeAuthText;
  if (at.kind === 'private' && mixesStyles(names)) return options.mixedStylesText;
  const characters = [...topics, ...names].reduce((sum, name) => sum + name.length, 0);
  if (at.kind === 'public' && characters > MOST_ARGS_CHARACTERS) return options.tooManyArgsText;
  return names.length === 0 ? 'error:handler not found,topic:' : undefined;
}

function faultOfTopic(
  { publicTopics }: Streams,
  { at, topics }: Connection,
  name: string,
  seen: ReadonlySet<string>,
): string | undefined {
  if (topics.has(name) || seen.has(name)) return `error:already subscribed,topic:${name}`;
  const exists = at.kind === 'private' ? isPrivateTopic(name) : isPublicTopic(publicTopics, at, name);
  return exists ? undefined : `error:handler not found,topic:${name}`;
}

function isPublicTopic(publicTopics: Streams['publicTopics'], at: Connection['at'], name: string): boolean {
  if (at.category === 'status') return name === 'system.status';
  return at.path === LINEAR_CHANNEL && publicTopics.knows(name);
}
