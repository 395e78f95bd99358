import { z } from 'zod';
import { pricesFaults } from '../prices/prices-spec.ts';
import type { Simulator } from '../simulator.ts';
import { faultSpec } from './fault-spec.ts';
import { optionsBody } from './options-body.ts';
import { namesOf, postFaults, unknownNames } from './post-faults.ts';
import type { Names } from './post-faults.ts';
import { playPrices, pricesBody } from './prices-body.ts';
import { setOptions } from './set-options.ts';
import { accountsList, applySetup, instrumentsList } from './setup.ts';

/** What a scenario file holds: a world, its options, what moves its prices, and the faults from its beginning on. */
export const scenarioFile = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  accounts: accountsList.default([]),
  instruments: instrumentsList.default([]),
  options: optionsBody.default({}),
  prices: z.array(pricesBody).default([]),
  faults: z.array(faultSpec).default([]),
});

export type Scenario = z.output<typeof scenarioFile>;

/**
 * Lets a scenario begin now, on top of what is there: accounts and instruments, options, prices, then faults. Throws a
 * ZodError, and begins nothing, when it is about an account or a contract that neither exists nor is in it.
 */
export function playScenario(simulator: Simulator, scenario: Scenario): void {
  const { engine, config } = simulator;
  const issues = unknownInScenario(scenario, namesOf(simulator));
  if (issues.length > 0) throw new z.ZodError(issues);
  const { accounts, instruments, options, prices, faults } = scenario;
  applySetup(engine, { accounts, instruments });
  setOptions(simulator, options);
  for (const spec of prices) playPrices(engine, spec, config.seed);
  postFaults(simulator, faults);
}

/** An issue for each name in a scenario that is neither its own nor among `names`. */
export function unknownInScenario(scenario: Scenario, names: Names): z.core.$ZodIssue[] {
  const own = scenario.instruments.map((instrument) => [instrument.symbol, instrument] as const);
  const known: Names = {
    accounts: new Set([...names.accounts, ...scenario.accounts.map(({ name }) => name)]),
    symbols: new Map([...names.symbols, ...own]),
  };
  const priceIssues = scenario.prices.flatMap((spec, index) =>
    pricesFaults(spec, known.symbols).map((message): z.core.$ZodIssue => {
      return { code: 'custom', path: ['prices', index], message, input: spec };
    }),
  );
  return [...priceIssues, ...unknownNames(scenario.faults, known)];
}
