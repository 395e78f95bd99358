import { readFile } from 'node:fs/promises';

/** Of /proc: Linux counts CPU time in these units on every common architecture. */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU that a process has used so far, by its user and by the kernel for it. Linux only. */
export async function cpuSeconds(pid: number): Promise<number> {
  const fields = await statFields(`/proc/${pid}/stat`);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Seconds in which all cores together did anything, for whomever. */
export async function machineSeconds(): Promise<number> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** The fields after the program's name, which may hold spaces. */
async function statFields(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
