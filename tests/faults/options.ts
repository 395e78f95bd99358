import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Order } from './child.ts';
import { FAULT_KINDS, FAULT_NAMES } from './fault-kinds.ts';

export interface FaultOptions {
  /** The days to play. */
  readonly orders: readonly Order[];
  /** Processes at once. */
  readonly jobs: number;
  readonly controls: boolean;
  /** Every fault is among these days, with a stream and without: what days are led to has to be reached. */
  readonly reachesAll: boolean;
  /** The table as the README has it. */
  readonly markdown: boolean;
  /** Tell everything that happens on the days. */
  readonly trace: boolean;
  readonly report: string | undefined;
}

/** Days on a real Redis are so many seeds apart, so that few of them show many faults. */
const SERVER_STRIDE = 2;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const KNOWN = {
  seeds: { ...text, default: '200' },
  from: { ...text, default: '1' },
  redis: { ...text, default: '0' },
  jobs: { ...text, default: `${availableParallelism()}` },
  seed: text,
  fault: text,
  report: text,
  sdk: flag,
  controls: flag,
  markdown: flag,
  trace: flag,
} as const;

/** Reads the arguments of the command; bad ones end the process with exit code 2, all faults told at once. */
export function readOptions(args: readonly string[]): FaultOptions {
  const { seed, fault, report, sdk, controls, markdown, trace, ...numbers } = parse(args);
  const faults: string[] = [];
  const count = (name: string, given: string, least: number): number => {
    const value = Number(given);
    if (!Number.isInteger(value) || value < least)
      faults.push(`--${name}: not a whole number from ${least} on: ${given}`);
    return value;
  };
  const from = count('seed', seed ?? numbers.from, 1);
  const seeds = seed === undefined ? count('seeds', numbers.seeds, 0) : 1;
  const onServer = count('redis', numbers.redis, 0);
  const jobs = count('jobs', numbers.jobs, 1);
  for (const name of fault?.split('+') ?? []) {
    if (!(name in FAULT_KINDS) && name !== 'mixed')
      faults.push(`--fault: no such fault: ${name} (${FAULT_NAMES.join(', ')})`);
  }
  if (faults.length > 0) refuse(faults);

  const orderOf = (nth: number): Order => ({
    seed: from + nth,
    fault: fault ?? faultOf(from + nth),
    ...(sdk && { throughSdk: true }),
  });
  const orders = [
    ...Array.from({ length: onServer }, (_, nth): Order => ({ ...orderOf(nth * SERVER_STRIDE), onServer: true })),
    ...Array.from({ length: seeds }, (_, nth) => orderOf(nth)),
  ];
  const reachesAll = fault === undefined && seeds >= 3 * FAULT_NAMES.length;
  return { orders, jobs, controls, reachesAll, markdown, trace, report };
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof KNOWN }>>['values'] {
  try {
    return parseArgs({ args: [...args], options: KNOWN }).values;
  } catch (error) {
    return refuse([error instanceof Error ? error.message : 'bad arguments']);
  }
}

/** Which fault a seed has. */
function faultOf(seed: number): string {
  return FAULT_NAMES[seed % FAULT_NAMES.length] ?? 'calm';
}

function refuse(faults: readonly string[]): never {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exit(2);
}
