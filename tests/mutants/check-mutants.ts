import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';

/** Everything that is wrong with the list itself, each with the mutant's name; empty = each can be made of the files as they are. */
export function checkMutants(mutants: readonly Mutant[], root: string): readonly string[] {
  const names = Map.groupBy(mutants, ({ name }) => name);
  return mutants.flatMap((mutant) => {
    const twins = names.get(mutant.name)?.length ?? 0;
    const faults = [...(twins > 1 ? ['its name is not its own'] : []), ...faultsOf(mutant, root)];
    return faults.map((fault) => `${mutant.name}: ${fault}`);
  });
}

function faultsOf({ file, search, replace, rule, tests }: Mutant, root: string): readonly string[] {
  const path = join(root, file);
  if (!existsSync(path)) return [`there is no ${file}`];
  const count = readFileSync(path, 'utf8').split(search).length - 1;
  return [
    ...(count === 1 ? [] : [`its text occurs ${count} times in ${file}, not once: ${JSON.stringify(search)}`]),
    ...(search === replace ? ['it changes nothing'] : []),
    ...(/^(?:[SF]-\d\d|INVARIANT \d+)$/.test(rule) ? [] : [`${rule} is no rule`]),
    ...(tests.length === 0 ? ['it names no test'] : []),
    ...tests.filter((test) => !existsSync(join(root, test))).map((test) => `there is no ${test}`),
  ];
}
