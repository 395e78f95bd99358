import type { Answer, Order } from './child.ts';
import type { DayResult } from './day-result.ts';
import { playDays } from './play-days.ts';
import { CONTROLS, type Control } from './variants.ts';

/** What a control showed: a measure without the rule, and of the same days with it. */
export interface ControlRow {
  readonly control: string;
  readonly what: string;
  readonly measure: string;
  readonly without: number;
  readonly with: number;
  /** Without the rule there is some of it, and with it none, or less than half; or it need not show. */
  readonly shows: boolean;
}

const SEEDS_PER_FAULT = 6;
/** Apart from the seeds of the main run. */
const FIRST_SEED = 1_000_000;

/** Plays the same seeds with one rule switched off and with everything on, and compares. Throws when a day cannot be played. */
export async function runControls(names: readonly string[], jobs: number): Promise<readonly ControlRow[]> {
  const controls = names.map((name): [string, Control] => {
    const control = CONTROLS[name];
    if (control === undefined) throw new RangeError(`no such control: ${name}`);
    return [name, control];
  });
  const usualFaults = new Set(controls.flatMap(([, { faults }]) => faults));
  const found = await results(
    [
      ...ordersOf(undefined, [...usualFaults]), // what several are held against is played once
      ...controls.flatMap(([name, { faults }]) => ordersOf(name, faults)),
    ],
    jobs,
  );
  return controls.flatMap(([name, control]) => {
    const days = (of: string): readonly DayResult[] =>
      control.faults.flatMap((fault) => found.get(`${of} ${fault}`) ?? []);
    return rowsOf(name, control, { without: days(name), with: days('') });
  });
}

interface Compared {
  readonly without: readonly DayResult[];
  readonly with: readonly DayResult[];
}

function rowsOf(control: string, { what, never, less, tells }: Control, days: Compared): readonly ControlRow[] {
  return Object.entries({ ...never, ...less, ...tells }).map(([measure, of]): ControlRow => {
    const sum = (some: readonly DayResult[]): number => some.reduce((total, day) => total + of(day), 0);
    const shown = { without: sum(days.without), with: sum(days.with) };
    const most = never?.[measure] === undefined ? shown.without / 2 : 0;
    const shows = tells?.[measure] !== undefined || (shown.without > 0 && shown.with <= most);
    return { control, what, measure, ...shown, shows };
  });
}

function ordersOf(control: string | undefined, faults: readonly string[]): readonly Order[] {
  const seeds = Array.from({ length: SEEDS_PER_FAULT }, (_, nth) => FIRST_SEED + nth);
  return faults.flatMap((fault) => seeds.map((seed) => ({ fault, seed, ...(control !== undefined && { control }) })));
}

/** By control, '' where there is none, and fault. */
async function results(orders: readonly Order[], jobs: number): Promise<ReadonlyMap<string, readonly DayResult[]>> {
  const found = new Map<string, DayResult[]>();
  const take = ({ control = '', fault }: Order, answer: Answer): void => {
    if ('crash' in answer) throw new Error(answer.crash);
    const key = `${control} ${fault}`;
    found.set(key, [...(found.get(key) ?? []), answer.result]);
  };
  await playDays(orders, jobs, take);
  return found;
}
