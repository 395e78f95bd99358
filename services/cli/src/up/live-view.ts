import { decimal, format, parseOrderLinkId, sum } from '@backstop/core';
import type { Plan } from '@backstop/core';
import type { TrueExecution, Truth } from './simulator-client.ts';
import { isSame } from './slot.ts';

/** Tells what happened to each plan since the last look: one line per plan and look, from the exchange's truth. */
export interface LiveView {
  readonly lines: (truth: Truth) => readonly string[];
}

/** What has been told of a plan already. */
interface Told {
  readonly executions: Set<string>;
  stop: string;
  entries: number;
  takeProfits: number;
  open: boolean;
}

const NAME_WIDTH = 26;

export function liveView(plans: readonly Plan[]): LiveView {
  const told = new Map(plans.map((plan) => [plan, newTold()]));
  return {
    lines: (truth) =>
      [...told].flatMap(([plan, seen]) => {
        const facts = newFacts(plan, truth, seen);
        const name = `${plan.account} ${plan.symbol} ${plan.side}`;
        return facts.length === 0 ? [] : [`${name.padEnd(NAME_WIDTH)} ${facts.join(' · ')}`];
      }),
  };
}

function newTold(): Told {
  return { executions: new Set(), stop: '', entries: 0, takeProfits: 0, open: false };
}

function newFacts(plan: Plan, truth: Truth, told: Told): string[] {
  return [
    ...fillFacts(plan, truth, told),
    ...stopFacts(plan, truth, told),
    ...restingFacts(plan, truth, told),
    ...closeFacts(plan, truth, told),
  ];
}

function fillFacts(plan: Plan, truth: Truth, told: Told): string[] {
  const news = truth.executions.filter(
    (execution) => isSame(execution, plan) && !told.executions.has(execution.execId),
  );
  for (const { execId } of news) told.executions.add(execId);
  const byCause = Map.groupBy(news, (execution) => causeOf(execution));
  return [...byCause].map(([cause, fills]) => {
    const qty = format(sum(fills.map(({ execQty }) => decimal(execQty))));
    return `${cause} ${qty} at ${fills.at(-1)?.execPrice ?? ''}`;
  });
}

function causeOf({ orderLinkId, stopOrderType, side, closedSize }: TrueExecution): string {
  if (stopOrderType !== '') return 'stopped out';
  const leg = parseOrderLinkId(orderLinkId)?.leg;
  if (leg === undefined) return decimal(closedSize) > 0n ? 'closed by somebody else' : 'opened by somebody else';
  if (leg === 'x') return 'exited';
  if (leg.startsWith('t')) return `TP${leg.slice(1)} filled`;
  const verb = side === 'Buy' ? 'bought' : 'sold';
  return leg === 'e1' ? verb : `entry ${leg.slice(1)} ${verb}`;
}

function stopFacts(plan: Plan, truth: Truth, told: Told): string[] {
  const position = truth.positions.find((row) => isSame(row, plan) && row.closedAtMs === undefined);
  if (position === undefined || position.unprotectedNow || position.stopLoss === told.stop) return [];
  const fact = told.stop === '' ? `stop verified at ${position.stopLoss}` : `stop moved to ${position.stopLoss}`;
  told.stop = position.stopLoss;
  return [fact];
}

function restingFacts(plan: Plan, truth: Truth, told: Told): string[] {
  const orders = truth.openOrders.filter((order) => isSame(order, plan) && order.stopOrderType === '');
  const entries = orders.filter(({ reduceOnly }) => !reduceOnly).length;
  const takeProfits = orders.length - entries;
  const facts = [
    ...(entries > told.entries ? [`entry ladder resting (${entries})`] : []),
    ...(entries < told.entries && entries === 0 ? ['no entries left'] : []),
    ...(takeProfits > told.takeProfits ? [`take-profits resting (${takeProfits})`] : []),
  ];
  told.entries = entries;
  told.takeProfits = takeProfits;
  return facts;
}

function closeFacts(plan: Plan, truth: Truth, told: Told): string[] {
  const open = truth.positions.some((row) => isSame(row, plan) && row.closedAtMs === undefined);
  const closed = told.open && !open;
  told.open = open;
  return closed ? ['flat'] : [];
}
