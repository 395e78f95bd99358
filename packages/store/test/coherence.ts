import { fromJson, toJson, type OrderRow, type PositionRow } from '@backstop/core';
import {
  accountKeys,
  beginFlight,
  closeIntents,
  flushCache,
  landAudit,
  landPositions,
  openIntents,
  patchRows,
  peekCheck,
  readCheck,
  type Awaits,
  type CheckRead,
  type Redis,
} from '../src/index.ts';
import { REF } from './account.ts';
import type { Step } from './coherence-steps.ts';
import { isEnded, ModelExchange, type ModelFrame, type ModelState } from './model-exchange.ts';

/** Less than LISTING_LAG_MS. */
const BEHIND_MS = 400;
const keys = accountKeys(REF.account);
const place = { symbol: REF.symbol, positionIdx: REF.positionIdx };

interface Read {
  readonly flightId: string;
  readonly startMs: number;
  readonly epoch: number;
  readonly session: string;
}

interface Write {
  readonly id: string;
  /** Whose end proves it as well; '' = none. */
  readonly orderId: string;
  readonly happens: () => void;
  readonly isRefused: boolean;
  hasHappened: boolean;
  /** Reads that had landed when it was opened. */
  readonly landed: number;
  /** Frames from before and from what it did: [first, end). */
  made?: readonly ModelFrame[];
}

/** A slot of the store beside an exchange of which it learns by frames and reads. */
export class Coherence {
  readonly exchange: ModelExchange;
  readonly #redis: Redis;
  readonly #clock: { nowMs: number };
  readonly #reads: { account?: Read; positions?: Read } = {};
  readonly #writes: Write[] = [];
  readonly #acknowledged: Write[] = [];
  #applied: ModelFrame[] = [];
  /** From then on nothing may lie behind. */
  #sessionMs: number;
  #landed = 0;
  #count = 0;

  constructor(redis: Redis, clock: { nowMs: number }, skewMs: number) {
    this.#redis = redis;
    this.#clock = clock;
    this.#sessionMs = clock.nowMs;
    this.exchange = new ModelExchange(() => clock.nowMs, skewMs);
  }

  /** Opens a session; what was on its way over the one before arrives late, or never. */
  async connect(): Promise<void> {
    this.#count += 1;
    this.exchange.session = `s${this.#count}`;
    this.#sessionMs = this.#clock.nowMs;
    this.#applied = [];
    const until = this.#clock.nowMs + 3_600_000;
    await this.#redis.hset(keys.stream, { session: this.exchange.session, synced: '0', until });
  }

  async run({ kind, pick }: Step): Promise<void> {
    const { exchange } = this;
    const orderId = exchange.open[pick % Math.max(1, exchange.open.length)]?.orderId;
    const runs: Record<Step['kind'], () => unknown> = {
      create: () => exchange.create(),
      amend: () => exchange.amend(orderId, BigInt(pick + 3) * 10n ** 12n),
      cancel: () => exchange.cancel(orderId),
      fill: () => exchange.fill(orderId, false),
      'fill-whole': () => exchange.fill(orderId, true),
      flatten: () => exchange.flatten(),
      'set-stop': () => exchange.setStop(BigInt(pick + 1)),
      tell: () => this.#tell(pick % 3 === 0 ? pick % Math.max(1, exchange.frames.length) : 0, true),
      'tell-again': () => this.#tell(pick % Math.max(1, exchange.frames.length), false),
      begin: () => this.#begin('account'),
      'begin-positions': () => this.#begin('positions'),
      land: () => this.#land('account', pick),
      'land-positions': () => this.#land('positions', pick),
      ...this.#writeRuns(orderId, pick),
      happen: () => this.#happen(pick),
      reply: () => this.#reply(pick),
      reconnect: () => this.connect(),
      flush: () => this.#flush(),
    };
    await runs[kind]();
  }

  /** What was told before is forgotten, the session with it; its process begins another one. */
  async #flush(): Promise<void> {
    await flushCache(this.#redis);
    await this.connect();
  }

  #writeRuns(orderId: string | undefined, pick: number) {
    const { exchange } = this;
    const [qty, triggerPrice] = [BigInt(this.#count + 200) * 10n ** 12n, BigInt(this.#count + 200)]; // like nobody else's
    const updated = exchange.order(orderId ?? '')?.updatedTimeMs ?? 0;
    const orderLinkId = `ours-${this.#count}`;
    const cancel = { type: 'cancel', orderId: orderId ?? '' } as const;
    const amend = { type: 'amend', orderId: orderId ?? '', qty, updated } as const;
    return {
      'write-create': () =>
        this.#write({ type: 'create', orderLinkId }, () => exchange.create({ orderLinkId, reduceOnly: false }), pick),
      'write-cancel': () => this.#write(cancel, () => exchange.cancel(orderId), pick),
      'write-amend': () => this.#write(amend, () => exchange.amend(orderId, qty), pick),
      'write-stop': () => this.#write({ type: 'set-stop', triggerPrice }, () => exchange.setStop(triggerPrice), pick),
    };
  }

  async #tell(index: number, isLast: boolean): Promise<void> {
    const frame = this.exchange.frames[index];
    if (frame === undefined) return;
    if (isLast) this.exchange.frames.splice(index, 1);
    const { order, position, createdMs, session } = frame;
    if (session === this.exchange.session) this.#applied.push(frame);
    await patchRows(this.#redis, REF.account, {
      positions: position === undefined ? [] : [{ row: position, createdMs }],
      orders: order === undefined ? [] : [order],
      session,
      monitors: [REF],
    });
  }

  async #begin(scope: 'account' | 'positions'): Promise<void> {
    const flightId = `f${(this.#count += 1)}`;
    const flight = await beginFlight(this.#redis, REF.account, scope, { flightId, ttlMs: 6_000 });
    if (flight.won) this.#reads[scope] = { ...flight, flightId };
  }

  /** Positions and orders are as of two moments, each of which may lie before the read began, but not before its session. */
  async #land(scope: 'account' | 'positions', pick: number): Promise<void> {
    const flight = this.#reads[scope];
    if (flight === undefined) return;
    delete this.#reads[scope];
    const earliestMs = Math.max(flight.startMs - BEHIND_MS, this.#sessionMs);
    const spanMs = this.#clock.nowMs - earliestMs;
    const [one, other] = [pick % 10, (pick * 7) % 10].map((share) =>
      this.exchange.at(earliestMs + Math.max(0, Math.floor((spanMs * share) / 9))),
    );
    const positions = one === undefined || one.position.size === 0n ? [] : [one.position];
    if (scope === 'positions') {
      await landPositions(this.#redis, REF.account, { ...flight, places: [place], positions });
      return;
    }
    await landAudit(this.#redis, REF.account, { ...flight, places: [place], positions, orders: other?.orders ?? [] });
    this.#landed += 1;
    if (flight.session === this.exchange.session) await this.#redis.hset(keys.stream, 'synced', '1');
  }

  async #write(awaits: Awaits, happens: () => void, pick: number): Promise<void> {
    const id = `w${(this.#count += 1)}`;
    await readCheck(this.#redis, REF, 'tp-sl', 'token');
    const intents = [{ id, type: 'create', absolute: true, awaits }] as const;
    await openIntents(this.#redis, { ref: REF, lane: 'tp-sl', token: 'token', intents });
    const orderId = 'orderId' in awaits ? awaits.orderId : '';
    this.#writes.push({ id, orderId, happens, isRefused: pick % 5 === 0, hasHappened: false, landed: this.#landed });
  }

  #happen(pick: number): void {
    const write = this.#writes[pick % Math.max(1, this.#writes.length)];
    if (write === undefined || write.hasHappened) return;
    write.hasHappened = true;
    const before = this.exchange.frames.length;
    if (!write.isRefused) write.happens();
    write.made = this.exchange.frames.slice(before);
  }

  async #reply(pick: number): Promise<void> {
    const at = pick % Math.max(1, this.#writes.length);
    const write = this.#writes[at];
    if (write === undefined) return;
    this.#happen(at);
    this.#writes.splice(at, 1);
    const outcome = write.isRefused ? 'refused' : 'acknowledged';
    await closeIntents(this.#redis, REF, [{ id: write.id, outcome }]);
    if (!write.isRefused) this.#acknowledged.push(write);
  }

  /** What must hold at every moment; an empty list = it does. */
  async faults(): Promise<readonly string[]> {
    const check = await peekCheck(this.#redis, REF);
    const { position, orders } = check;
    return [
      ...(orders.kind === 'row' ? this.#reopened(orders.value) : []),
      ...(orders.kind === 'row' && orders.vouched ? this.#ordersLack(orders.value) : []),
      ...(position.kind === 'row' && position.vouched ? this.#positionLacks(position.value) : []),
      ...this.#cleanTooSoon(check),
    ];
  }

  #reopened(orders: readonly OrderRow[]): string[] {
    return orders.filter(({ orderId }) => this.#ended.has(orderId)).map(({ orderId }) => `${orderId} is open again`);
  }

  /** Orders whose end was told. */
  get #ended(): ReadonlySet<string> {
    const told = this.#applied.flatMap(({ order }) => order ?? []);
    return new Set(told.filter(({ status }) => isEnded(status)).map(({ orderId }) => orderId));
  }

  /** Of an order whose last change was told, the row holds just that. */
  #ordersLack(orders: readonly OrderRow[]): string[] {
    return this.#applied.flatMap(({ order }) => {
      if (order === undefined || this.exchange.order(order.orderId) !== order) return [];
      const held = orders.find(({ orderId }) => orderId === order.orderId);
      const isOpen = this.exchange.open.includes(order);
      return toJson(held ?? null) === toJson(isOpen ? plain(order) : null)
        ? []
        : [`the row lacks the frame of ${order.orderId}`];
    });
  }

  #positionLacks(position: PositionRow | undefined): string[] {
    const truth = this.exchange.now.position;
    const isTold = this.#applied.some((frame) => frame.position === truth);
    return !isTold || same(position, truth) ? [] : ['the row lacks the last frame of the position'];
  }

  /** Rows that no read has brought since a write was opened are clean by its frames alone. */
  #cleanTooSoon({ position, orders }: CheckRead): string[] {
    if (position.kind !== 'row' || orders.kind !== 'row' || position.dirty || orders.dirty) return [];
    if (!position.vouched || !orders.vouched) return [];
    const unread = [...this.#acknowledged, ...this.#writes].filter(({ landed }) => landed === this.#landed);
    return unread
      .filter(({ orderId }) => !this.#ended.has(orderId))
      .filter(({ made }) => made === undefined || made.some((frame) => !this.#isTold(frame)))
      .map(({ id }) => `clean without a read, and without the frames of ${id}`);
  }

  /** By itself, or by one that came after it. That an old stop went says nothing of the new one. */
  #isTold({ createdMs, order, position }: ModelFrame): boolean {
    if (order?.status === 'Deactivated') return true;
    const later = this.#applied.filter((frame) => frame.createdMs >= createdMs);
    return later.some((frame) => (position === undefined ? frame.order?.orderId === order?.orderId : frame.position));
  }

  /** Lets all that is outstanding happen and arrive. Resolves with what the store and the exchange hold then; undefined = not vouched. */
  async settle(): Promise<{ readonly held: unknown; readonly truth: unknown } | undefined> {
    while (this.#writes.length > 0) await this.#reply(0);
    while (this.exchange.frames.length > 0) await this.#tell(0, true);
    const { position, orders } = await peekCheck(this.#redis, REF);
    if (position.kind !== 'row' || orders.kind !== 'row' || !position.vouched || !orders.vouched) return undefined;
    return {
      held: picture(orders.value, position.value),
      truth: picture(this.exchange.open, this.exchange.now.position),
    };
  }
}

function same(position: PositionRow | undefined, truth: ModelState['position']): boolean {
  return toJson(picture([], position)) === toJson(picture([], truth));
}

function picture(orders: readonly OrderRow[], position: PositionRow | undefined) {
  const isFlat = position === undefined || position.size === 0n;
  return {
    orders: orders.map(plain).toSorted((a, b) => a.orderId.localeCompare(b.orderId)),
    position: isFlat ? 'flat' : { size: position.size, stopLoss: position.stopLoss, seq: position.seq },
  };
}

/** As it comes back from its JSON. */
function plain(order: OrderRow): OrderRow {
  const { orderId, ...rest } = order;
  return fromJson<OrderRow>(toJson({ orderId, ...rest }));
}
