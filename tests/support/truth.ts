/** What really happened on the simulated exchange (`GET /sim/truth`), as far as tests and benchmarks look at it. */
export interface Truth {
  readonly nowMs: number;
  readonly totals: {
    readonly unprotectedMs: number;
    readonly throughMs: number;
    readonly openNow: number;
    readonly protectedNow: number;
  };
  readonly positions: readonly TruePosition[];
  readonly openOrders: readonly TrueOrder[];
  /** Every order there ever was. */
  readonly orders: readonly (Place & {
    readonly orderLinkId: string;
    readonly orderStatus: string;
    readonly stopOrderType: string;
    readonly createdAtMs: number;
    readonly updatedAtMs: number;
  })[];
  readonly executions: readonly TrueExecution[];
  readonly rateLimited: number;
  readonly duplicates: readonly object[];
  readonly wrongCancels: readonly object[];
  /** From what happened to a position to the first request for it that came after. */
  readonly reactions: readonly {
    readonly kind: string;
    readonly ms: number;
    /** When the frame left that first told of it. */
    readonly toldAtMs?: number;
    readonly reactedAtMs: number;
  }[];
  readonly requests: readonly { readonly endpoint: string; readonly outcome: string; readonly count: number }[];
  /** Requests by outcome, and all of them. */
  readonly requestTotals: Readonly<Record<string, number>> & { readonly all: number };
}

interface Place {
  readonly account: string;
  readonly symbol: string;
  readonly positionIdx: number;
}

export interface TruePosition extends Place {
  readonly side: string;
  readonly size: string;
  readonly avgPrice: string;
  readonly stopLoss: string;
  readonly closedAtMs?: number;
  readonly unprotectedMs: number;
}

interface TrueOrder extends Place {
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly stopOrderType: string;
  readonly orderStatus: string;
  readonly reduceOnly: boolean;
  readonly qty: string;
  readonly leavesQty: string;
  readonly triggerPrice: string;
}

interface TrueExecution extends Place {
  readonly orderLinkId: string;
  readonly stopOrderType: string;
  readonly execQty: string;
  readonly execPrice: string;
  readonly atMs: number;
}

/** Endpoints that list positions and orders: what a cache is there to save. */
const LISTINGS = new Set(['position/list', 'order/realtime']);

export async function readTruth(exchangeUrl: string): Promise<Truth> {
  const response = await fetch(`${exchangeUrl}/sim/truth`);
  return (await response.json()) as Truth;
}

export function listingCalls({ requests }: Truth): number {
  return requests.filter(({ endpoint }) => LISTINGS.has(endpoint)).reduce((total, { count }) => total + count, 0);
}

export function countCalls({ requests }: Truth, endpoint: string): number {
  return requests.filter((request) => request.endpoint === endpoint).reduce((total, { count }) => total + count, 0);
}

export function allCalls({ requests }: Truth): number {
  return requests.reduce((total, { count }) => total + count, 0);
}

export function isAt(place: Place): (other: Place) => boolean {
  return ({ account, symbol, positionIdx }) =>
    account === place.account && symbol === place.symbol && positionIdx === place.positionIdx;
}

/** The leg that an orderLinkId of ours names: `bs-<installation><plan>-<leg>-...`; undefined for other people's orders. */
export function legOf(orderLinkId: string): string | undefined {
  return /^bs-[a-z2-7]{15}-(e\d+|t\d+|x)-/.exec(orderLinkId)?.[1];
}

/** The legs of our working orders at a place, sorted; extras of a leg show up twice. */
export function openLegs({ openOrders }: Truth, place: Place): readonly string[] {
  return openOrders
    .filter(isAt(place))
    .flatMap(({ orderLinkId }) => legOf(orderLinkId) ?? [])
    .toSorted();
}

/** The position that is open at a place. */
export function openPosition({ positions }: Truth, place: Place): TruePosition | undefined {
  return positions.find((position) => isAt(place)(position) && position.closedAtMs === undefined);
}

/** What each leg of ours has executed at a place, by leg. */
export function executedByLeg({ executions }: Truth, place: Place): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { orderLinkId, execQty } of executions.filter(isAt(place))) {
    const leg = legOf(orderLinkId) ?? 'other';
    sums[leg] = (sums[leg] ?? 0) + Number(execQty);
  }
  return sums;
}
