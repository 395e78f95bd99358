import type { Fault } from '@backstop/core';
import { placeOf } from './targets.ts';
import type { Target } from './targets.ts';

/** Puts the faults of plans (`plans[n]` by the position of their target) back to the places and names that these have in the file. */
export function placeFaults(faults: readonly Fault[], targets: readonly Target[]): Fault[] {
  const byTarget = Map.groupBy(faults, ({ path }) => targets[Number(POSITION.exec(path)?.[1])]);
  const ofPlan = Map.groupBy(targets, ({ index }) => index);
  const told = new Set<string>();
  return targets.flatMap((target) => {
    const own = (byTarget.get(target) ?? []).map(({ path, message }) => ({
      path: nameInFile(path.replace(POSITION, ''), target),
      message,
    }));
    if (target.mirror === undefined) return own.map(({ path, message }) => ({ path: placeOf(target) + path, message }));

    const siblings = ofPlan.get(target.index) ?? [];
    const isCommon = (fault: Fault): boolean =>
      !OWN.test(fault.path) && siblings.every((sibling) => has(byTarget.get(sibling), fault, sibling));
    const common = own
      .filter(isCommon)
      .map(({ path, message }) => ({ path: `plans[${target.index}]${path}`, message }));
    const news = common.filter(({ path, message }) => !told.has(`${path} ${message}`));
    for (const { path, message } of news) told.add(`${path} ${message}`);
    return [
      ...news,
      ...memberFaults(
        own.filter((fault) => !isCommon(fault)),
        target,
      ),
    ];
  });
}

const POSITION = /^plans\[(\d+)\]/;
/** Of a single member, the only fault of a ladder is that it is too small. */
const SIZE = /^\.(entries\[\d+\]\.qty|takeProfits)$/;
/** What depends on the account, or on its size, and so is told of each member by itself. */
const OWN = /^$|^\.(account|side|positionIdx)$|^\.entries\[\d+\]\.qty$/;

function has(faults: readonly Fault[] = [], { path, message }: Fault, target: Target): boolean {
  return faults.some(
    (fault) => fault.message === message && nameInFile(fault.path.replace(POSITION, ''), target) === path,
  );
}

/** All that is wrong with the sizes of a member is one fault: the member is what can be put right. */
function memberFaults(faults: readonly Fault[], target: Target): Fault[] {
  const { account } = target.input;
  const place = placeOf(target);
  const sizes = new Set(
    faults
      .filter(({ path }) => SIZE.test(path))
      .map(({ path, message }) => (path === '.takeProfits' ? `take-profits: ${message}` : message)),
  );
  const others = faults
    .filter(({ path }) => !SIZE.test(path))
    .map(({ path, message }): Fault => {
      if (path === '' || path === '.account') return { path: place, message };
      if (path === '.side') return { path: place, message: `${account}: ${message}` };
      if (path === '.positionIdx') return { path: place, message: `${account}: positionIdx ${message}` };
      return { path: place + path, message: `${account}: ${message}` };
    });
  return sizes.size === 0 ? others : [...others, { path: place, message: `${account}: ${[...sizes].join('; ')}` }];
}

/** What a plan's fields are called in the file. */
const NAMES_IN_FILE: readonly (readonly [RegExp, string])[] = [
  [/\.marketEntryDeadlineMs$/, '.deadline'],
  [/\.entriesExpireAtMs$/, '.entriesExpireAt'],
  [/\.share$/, '.percent'],
];

/** Where the take-profits are given by their prices alone. */
const NAMED_SHARES: readonly [RegExp, string] = [/\.takeProfits\[(\d+)\]\.(?:price|share)$/, '.takeProfits.prices[$1]'];

function nameInFile(path: string, { input }: Target): string {
  const names = Array.isArray(input.takeProfits) ? NAMES_IN_FILE : [NAMED_SHARES, ...NAMES_IN_FILE];
  return names.reduce((text, [pattern, name]) => text.replace(pattern, name), path);
}
