import { isActive } from '../model.ts';
import type { Instrument, Order, PriceSource } from '../model.ts';
import type { Decimal } from '../decimal.ts';
import { sourcePrice } from '../matching/source-price.ts';

const SOURCES = ['LastPrice', 'MarkPrice', 'IndexPrice'] as const;

interface Waiting {
  readonly level: Decimal;
  readonly order: Order;
}

/** Orders that a price reaches from one side, the first reached first; of one level the oldest. */
interface Queue {
  /** Reached by a price at or below the level; otherwise by one at or above it. */
  readonly isFalling: boolean;
  readonly isTrigger: boolean;
  readonly source: PriceSource;
  readonly waiting: Waiting[];
}

/** The working orders of a symbol by what reaches them, so that a price step looks at nothing that it does not reach. */
export interface PriceQueues {
  readonly queues: readonly Queue[];
  readonly places: Map<Order, Waiting & { readonly queue: Queue }>;
}

export function createPriceQueues(): PriceQueues {
  const triggers = SOURCES.flatMap((source) =>
    [false, true].map((isFalling) => ({ isTrigger: true, isFalling, source, waiting: [] })),
  );
  const limits = [false, true].map((isFalling) => ({
    isTrigger: false,
    isFalling,
    source: 'LastPrice' as const,
    waiting: [],
  }));
  return { queues: [...triggers, ...limits], places: new Map() };
}

/** Puts an order where its present status and level belong, and takes one that no longer works out. */
export function requeue({ queues, places }: PriceQueues, order: Order): void {
  const queue = queueOf(queues, order);
  const level = order.status === 'Untriggered' ? order.triggerPrice : order.price;
  const place = places.get(order);
  if (place !== undefined && place.queue === queue && place.level === level) return;
  unqueue({ queues, places }, order);
  if (queue === undefined) return;
  const entry = { queue, level, order };
  queue.waiting.splice(indexOf(queue, entry), 0, entry);
  places.set(order, entry);
}

/** Takes an order out, whatever its status. */
export function unqueue({ places }: PriceQueues, order: Order): void {
  const place = places.get(order);
  if (place === undefined) return;
  place.queue.waiting.splice(indexOf(place.queue, place), 1);
  places.delete(order);
}

/** The first order of a queue that the present prices reach and that is not `done`. */
export function firstReached(queue: Queue, instrument: Instrument, done: ReadonlySet<Order>): Order | undefined {
  if (queue.waiting.length === 0) return undefined;
  const price = sourcePrice(instrument, queue.source);
  for (const { level, order } of queue.waiting) {
    if (queue.isFalling ? price > level : price < level) return undefined;
    if (!done.has(order)) return order;
  }
  return undefined;
}

function queueOf(queues: readonly Queue[], order: Order): Queue | undefined {
  if (order.status === 'Untriggered') {
    const source = SOURCES.indexOf(order.triggerBy || 'LastPrice');
    return queues[source * 2 + (order.triggerDirection === 2 ? 1 : 0)];
  }
  if (!isActive(order) || order.orderType !== 'Limit') return undefined;
  return queues[SOURCES.length * 2 + (order.side === 'Buy' ? 1 : 0)];
}

/** Where an entry stands, or would have to. */
function indexOf({ waiting, isFalling }: Queue, { level, order }: Waiting): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = waiting[middle];
    if (other === undefined) return low;
    const isBefore =
      other.level === level ? other.order.number < order.number : isFalling ? other.level > level : other.level < level;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
