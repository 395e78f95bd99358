import { format, fromJson, type MonitorEvent } from '@backstop/core';
import { bucketOf, readOutbox, type EventRecord } from '@backstop/store';
import { averageOf, legOf, num, TrueFills, type TrueExecution, type TrueOrder } from '../faults/fills.ts';
import { positionOf } from './happenings.ts';
import { isActive, type SmallWorld } from './small-world.ts';

const TAKER_RATE = 0.00055;
const TICK = 0.01;
const STEP = 0.1;
const ENTRY_QTY = 60;
/** Rows end after 15 s; then they are read, and what they say is recorded. */
const MOST_LATE_MS = 16_500;

/** What is not as it should be once all has come to rest, in words, by the exchange's own books; empty = all is well. */
export async function faultsOf(world: SmallWorld): Promise<readonly string[]> {
  const told = await toldBy(world);
  const fills = fillsOf(world);
  const late = lateFaults(told, fills);
  return [...tellingFaults(told, fills), ...late, ...truthFaults(world), ...(await endFaults(world, told, fills))];
}

async function toldBy({ redis, ref }: SmallWorld): Promise<readonly MonitorEvent[]> {
  const entries = await readOutbox(redis, bucketOf(ref.account), '0', 10_000);
  return entries.filter(({ type }) => type === 'event').map(({ json }) => fromJson<EventRecord>(json).event);
}

function fillsOf({ venue, ref }: SmallWorld): TrueFills {
  const sums = new TrueFills();
  for (const execution of venue.simulator.engine.venue.accounts.get(ref.account)?.executions ?? []) {
    if (execution.execType === 'Trade') sums.add(whose(execution), execution);
  }
  return sums;
}

function whose({ orderLinkId, stopOrderType, side }: TrueExecution): string {
  if (stopOrderType === 'StopLoss') return 'stop';
  return legOf(orderLinkId)?.leg ?? (side === 'Buy' ? 'hand-in' : 'hand-out');
}

/** Whose fill an event tells of; other people's go by names of ours. */
function whoseFill({ detail: { by } }: MonitorEvent): string | undefined {
  return by === undefined ? undefined : String(by).replace('external-', 'hand-');
}

/** Each fill is told once: by one event, or together with one of the same order that was seen in the same look. */
function tellingFaults(told: readonly MonitorEvent[], { byLeg, history }: TrueFills): readonly string[] {
  const ids = told.map(({ id }) => id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `told twice: ${id}`);
  const fills = told.filter((event) => whoseFill(event) !== undefined);
  const legs = new Set([...byLeg.keys(), ...fills.flatMap((event) => whoseFill(event) ?? [])]);
  const wrong = [...legs].flatMap((leg) => {
    const own = fills.filter((event) => whoseFill(event) === leg);
    const sum = own.reduce((total, { detail }) => total + Number(detail['qty']), 0);
    const executions = history.filter((fill) => fill.leg === leg).length;
    const isTold = Math.abs(sum - (byLeg.get(leg) ?? 0)) < STEP / 2 && own.length <= executions;
    return isTold ? [] : [`${leg} executed ${byLeg.get(leg) ?? 0} in ${executions}, told ${sum} in ${own.length}`];
  });
  return [...twice, ...wrong];
}

/** A fill is seen at the latest when the rows end that it is missing from. */
function lateFaults(told: readonly MonitorEvent[], { history }: TrueFills): readonly string[] {
  return history.flatMap(({ leg, total, atMs }) => {
    const telling = told.find((event) => whoseFill(event) === leg && Number(event.detail['total']) > total - STEP / 2);
    const lateMs = (telling?.atMs ?? atMs) - atMs;
    return lateMs > MOST_LATE_MS ? [`${leg} was told ${lateMs} ms late`] : [];
  });
}

/** What must not have been at any moment. */
function truthFaults({ venue, inFlight }: SmallWorld): readonly string[] {
  const { overlaps, stale } = inFlight.counts();
  const { truth } = venue.simulator.engine.venue;
  const bareMs = truth.epochs.reduce((sum, { unprotectedMs }) => sum + unprotectedMs, 0);
  return [
    ...(overlaps > 0 ? [`${overlaps} amends beside another job's request`] : []),
    ...(stale > 0 ? [`${stale} decisions on rows from before a request`] : []),
    ...(bareMs > 0 ? [`${bareMs} ms without a stop`] : []),
    ...truth.duplicates.map(({ orderLinkId }) => `sent twice: ${orderLinkId}`),
    ...truth.wrongCancels.map(({ kind }) => `wrong cancel: ${kind}`),
  ];
}

async function endFaults(
  world: SmallWorld,
  told: readonly MonitorEvent[],
  fills: TrueFills,
): Promise<readonly string[]> {
  const position = positionOf(world);
  const own = ordersOf(world);
  if (position === undefined || position.size === 0n) {
    const left = own.map(({ orderLinkId }) => `${orderLinkId} works after flat`);
    return fills.entered > 0 && (await isActive(world)) ? [...left, 'the monitor goes on after flat'] : left;
  }
  const wanted = isScaledOut(told, fills)
    ? fills.breakeven(averageOf(position), true, TAKER_RATE)
    : Number(format(world.plan.stopLoss.triggerPrice));
  return [
    ...stopFaults(position.stopLoss, wanted),
    ...ladderFaults(own, num(position.size)),
    ...entryFaults(own, told, fills),
  ];
}

function stopFaults(stop: { readonly triggerPrice: bigint } | undefined, wanted: number): readonly string[] {
  const level = num(stop?.triggerPrice ?? 0n);
  return Math.abs(level - wanted) < 1.5 * TICK ? [] : [`the stop stands at ${level} instead of ${wanted}`];
}

function ladderFaults(own: readonly TrueOrder[], size: number): readonly string[] {
  const closing = own.filter(({ reduceOnly }) => reduceOnly).reduce((sum, order) => sum + leaves(order), 0);
  return Math.abs(closing - size) < STEP / 2 ? [] : [`take-profits for ${closing} of ${size}`];
}

function entryFaults(own: readonly TrueOrder[], told: readonly MonitorEvent[], fills: TrueFills): readonly string[] {
  const resting = own.filter(({ reduceOnly }) => !reduceOnly).reduce((sum, order) => sum + leaves(order), 0);
  const wanted = isScaledOut(told, fills) ? 0 : ENTRY_QTY - (fills.byLeg.get('e1') ?? 0);
  return Math.abs(resting - wanted) < STEP / 2 ? [] : [`entries for ${resting} instead of ${wanted} rest`];
}

/**
 * Whether TP1 is filled. By the sums alone it is, or is not; where it was and a later entry made its share larger, it stays
 * so if that was told, and if both were seen in one look it is not.
 */
function isScaledOut(told: readonly MonitorEvent[], { byLeg, entered }: TrueFills): boolean {
  const taken = byLeg.get('t1') ?? 0;
  const share = 0.85 * (entered - (byLeg.get('hand-out') ?? 0));
  if (taken > 0 && taken >= share - STEP) return true;
  return told.some(({ detail }) => detail['by'] === 't1' && detail['isFilled'] === 1);
}

function leaves({ qty, cumExecQty }: TrueOrder): number {
  return num(qty - cumExecQty);
}

function ordersOf({ venue, ref }: SmallWorld): readonly TrueOrder[] {
  const open = venue.simulator.engine.venue.accounts.get(ref.account)?.open ?? [];
  return [...open].filter(({ orderLinkId }) => legOf(orderLinkId)?.planId === ref.monitorId);
}
