import type { Connection } from './connection.ts';

/** The open connections, found by the channel and topic that a frame is for. */
export interface Registry {
  readonly connections: ReadonlySet<Connection>;
  add: (connection: Connection) => void;
  remove: (connection: Connection) => void;
  /** Nothing for a connection that has left meanwhile. */
  subscribe: (connection: Connection, topic: string) => void;
  unsubscribe: (connection: Connection, topic: string) => void;
  subscribers: (channel: string, topic: string) => ReadonlySet<Connection>;
  /** Whether anybody listens to a channel at all. */
  hears: (channel: string) => boolean;
}

const NOBODY: ReadonlySet<Connection> = new Set();

/** An empty registry. */
export function createRegistry(): Registry {
  const connections = new Set<Connection>();
  const channels = new Map<string, Map<string, Set<Connection>>>();

  const unsubscribe = (connection: Connection, topic: string): void => {
    connection.topics.delete(topic);
    const topics = channels.get(connection.channel);
    const present = topics?.get(topic);
    if (topics === undefined || present === undefined) return;
    present.delete(connection);
    if (present.size === 0) topics.delete(topic);
    if (topics.size === 0) channels.delete(connection.channel);
  };

  return {
    connections,
    add: (connection) => void connections.add(connection),
    remove: (connection) => {
      connections.delete(connection);
      for (const topic of connection.topics) unsubscribe(connection, topic);
    },
    subscribe: (connection, topic) => {
      if (!connections.has(connection)) return;
      connection.topics.add(topic);
      const topics = channels.get(connection.channel) ?? new Map<string, Set<Connection>>();
      const present = topics.get(topic) ?? new Set<Connection>();
      channels.set(connection.channel, topics.set(topic, present.add(connection)));
    },
    unsubscribe,
    subscribers: (channel, topic) => channels.get(channel)?.get(topic) ?? NOBODY,
    hears: (channel) => channels.has(channel),
  };
}
