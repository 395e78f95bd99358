import type { Run } from './command.ts';
import { hashCommands } from './commands-hashes.ts';
import { keyCommands } from './commands-keys.ts';
import { listAndSetCommands } from './commands-lists-and-sets.ts';
import { sortedSetCommands } from './commands-sorted-sets.ts';
import { streamCommands } from './commands-streams.ts';
import { stringCommands } from './commands-strings.ts';

/** A command that the twin knows, and which of its arguments are keys. */
export interface Command {
  readonly name: string;
  readonly run: Run;
  readonly keys: 'first' | 'all' | 'none';
}

const ALL_KEYS = new Set(['DEL', 'UNLINK', 'EXISTS']);
const NO_KEYS = new Set(['SCAN', 'KEYS', 'DBSIZE', 'FLUSHALL', 'FLUSHDB', 'TIME', 'PING', 'ECHO']);

const runs = {
  ...stringCommands,
  ...keyCommands,
  ...hashCommands,
  ...listAndSetCommands,
  ...sortedSetCommands,
  ...streamCommands,
};

/** Every command that the twin knows, by its name in capitals. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries(runs).map(([name, run]) => [name, { name, run, keys: keysOf(name) }]),
);

function keysOf(name: string): Command['keys'] {
  if (ALL_KEYS.has(name)) return 'all';
  return NO_KEYS.has(name) ? 'none' : 'first';
}

/** The command of this name, however it is written. Throws by name where the twin does not know it. */
export function commandOf(name: string): Command {
  const command = COMMANDS.get(name.toUpperCase());
  if (command === undefined) throw new Error(`the twin of Redis does not know the command ${name}`);
  return command;
}
