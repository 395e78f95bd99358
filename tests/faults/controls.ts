import type { Answer, Order } from './child.ts';
import type { DayResult } from './day-result.ts';
import { playDays } from './play-days.ts';
import { CONTROLS } from './variants.ts';

/** What a control showed: a measure without the rule, and of the same days with it. */
export interface ControlRow {
  readonly control: string;
  readonly what: string;
  readonly measure: string;
  readonly without: number;
  readonly with: number;
  /** Without the rule it is at least twice as much, or it need not be. */
  readonly shows: boolean;
}

const SEEDS_PER_FAULT = 6;
/** Apart from the seeds of the main run. */
const FIRST_SEED = 1_000_000;

/** Plays the same seeds with one rule switched off and with everything on, and compares. Throws when a day cannot be played. */
export async function runControls(names: readonly string[], jobs: number): Promise<readonly ControlRow[]> {
  const rows: ControlRow[] = [];
  for (const name of names) {
    const control = CONTROLS[name];
    if (control === undefined) throw new RangeError(`no such control: ${name}`);
    const orders = control.faults.flatMap((fault) =>
      Array.from({ length: SEEDS_PER_FAULT }, (_, nth): Order => ({
        fault,
        seed: FIRST_SEED + nth,
      })),
    );
    const [without, usual] = [
      await results(
        orders.map((order) => ({ ...order, control: name })),
        jobs,
      ),
      await results(orders, jobs),
    ];
    for (const [measure, of] of Object.entries({ ...control.shows, ...control.tells })) {
      const sum = (days: readonly DayResult[]): number => days.reduce((total, day) => total + of(day), 0);
      const shown = { without: sum(without), with: sum(usual) };
      rows.push({
        control: name,
        what: control.what,
        measure,
        ...shown,
        shows: control.tells?.[measure] !== undefined || (shown.without > 0 && shown.without >= 2 * shown.with),
      });
    }
  }
  return rows;
}

async function results(orders: readonly Order[], jobs: number): Promise<readonly DayResult[]> {
  const found: DayResult[] = [];
  const take = (_order: Order, answer: Answer): void => {
    if ('crash' in answer) throw new Error(answer.crash);
    found.push(answer.result);
  };
  await playDays(orders, jobs, take);
  return found;
}
