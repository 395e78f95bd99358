/** The kinds of private topics; `order` and `order.linear` are two names of one kind (reference D.4). */
export type PrivateKind = 'order' | 'execution' | 'fast' | 'position' | 'wallet';

/** Names of each kind that get what happens on linear contracts. */
export const NAMES_OF_KIND: Readonly<Record<PrivateKind, readonly string[]>> = {
  order: ['order', 'order.linear'],
  execution: ['execution', 'execution.linear'],
  fast: ['execution.fast', 'execution.fast.linear'],
  position: ['position', 'position.linear'],
  wallet: ['wallet'],
};

const OTHER_CATEGORIES = ['spot', 'inverse', 'option'];

/** Every name that may be subscribed to; those of other categories, greeks and dcp stay silent. */
const SUBSCRIBABLE: ReadonlySet<string> = new Set([
  ...Object.values(NAMES_OF_KIND).flat(),
  ...OTHER_CATEGORIES.flatMap((category) =>
    ['order', 'execution', 'execution.fast', 'position'].map((topic) => `${topic}.${category}`),
  ),
  'greeks',
  'dcp.future',
  'dcp.option',
  'dcp.spot',
]);

export function isPrivateTopic(name: string): boolean {
  return SUBSCRIBABLE.has(name);
}

/** Whether a request names a topic both as a whole and by category, such as `order` and `order.linear` (reference D.2). */
export function mixesStyles(names: readonly string[]): boolean {
  const whole = new Set(names.filter((name) => !isCategorised(name)));
  return names.some((name) => isCategorised(name) && whole.has(name.slice(0, name.lastIndexOf('.'))));
}

function isCategorised(name: string): boolean {
  return ['linear', ...OTHER_CATEGORIES].some((category) => name.endsWith(`.${category}`));
}
