import type { Rig } from './rig.ts';

/** What was seen, and the option's value that describes it; `undefined` = this run could not tell. */
export interface Finding {
  readonly observed: string;
  readonly value: string | undefined;
}

/** One unconfirmed fact of the exchange, and how to find out. */
export interface Question {
  readonly question: string;
  /** The simulator's option; "" = the simulator does it one way only. */
  readonly option: string;
  /** What the simulator assumes as long as nobody has asked. */
  readonly assumed: string;
  ask: (rig: Rig) => Promise<Finding>;
}
