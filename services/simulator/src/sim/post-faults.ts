import { z } from 'zod';
import type { Instrument } from '../engine/model.ts';
import type { Simulator } from '../simulator.ts';
import { runDue } from './due.ts';
import { isWorldFault } from './fault-spec.ts';
import type { FaultSpec } from './fault-spec.ts';

/** What a fault may be about. */
export interface Names {
  readonly accounts: ReadonlySet<string>;
  readonly symbols: ReadonlyMap<string, Pick<Instrument, 'tickSize'>>;
}

/** The accounts and contracts that exist now. */
export function namesOf({ engine }: Pick<Simulator, 'engine'>): Names {
  return { accounts: new Set(engine.venue.accounts.keys()), symbols: engine.venue.instruments };
}

/**
 * Takes faults in; those that come by themselves at once have come when this returns. Throws a ZodError under `faults`,
 * and takes none, when one is about an account or a contract that does not exist.
 */
export function postFaults(simulator: Simulator, specs: readonly FaultSpec[]): void {
  const { faults, history, engine } = simulator;
  const unknown = unknownNames(specs, namesOf(simulator));
  if (unknown.length > 0) throw new z.ZodError(unknown);
  faults.add(specs, engine.venue.nowMs());
  for (const spec of specs) if (spec.kind === 'stale-reads') history.start(spec.ms);
  runDue(simulator);
}

/** An issue for each account and contract that a world event is about and that does not exist. */
export function unknownNames(specs: readonly FaultSpec[], { accounts, symbols }: Names): z.core.$ZodIssue[] {
  return specs.flatMap((spec, index) => {
    if (!isWorldFault(spec)) return [];
    const issue = (field: string, message: string): z.core.$ZodIssue => {
      return { code: 'custom', path: ['faults', index, field], message, input: spec };
    };
    const issues: z.core.$ZodIssue[] = [];
    if ('account' in spec && spec.account !== undefined && !accounts.has(spec.account))
      issues.push(issue('account', `no account ${spec.account}`));
    if ('symbol' in spec && !symbols.has(spec.symbol)) issues.push(issue('symbol', `no instrument ${spec.symbol}`));
    return issues;
  });
}
