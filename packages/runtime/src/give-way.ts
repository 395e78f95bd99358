import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * From now on this process waits for a CPU behind those that protect positions, where there is not enough for all: `niceness` is that of
 * nice(1), 0 to 19. Linux weighs sessions before processes, so one that leads its own has it lowered with it. What the
 * system does not allow stays as it is. A process without rights does not get back what it gave.
 */
export function giveWay(niceness: number): void {
  attempt(() => {
    if (getPriority() < niceness) setPriority(niceness);
  });
  attempt(() => {
    if (leadsSession()) writeFileSync('/proc/self/autogroup', `${niceness}`);
  });
}

/** Field 6 of /proc/PID/stat; the command in brackets may hold spaces. */
function leadsSession(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(session) === process.pid;
}

function attempt(lower: () => void): void {
  try {
    lower();
  } catch {
    // not allowed, or not known here
  }
}
