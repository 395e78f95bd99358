import { ceilTo, format, max } from '@backstop/core';
import { setTimeout as pause } from 'node:timers/promises';
import type { Finding, Question } from '../question.ts';
import type { Rig } from '../rig.ts';
import { textOf } from '../wire.ts';
import type { Reply, Row } from '../wire.ts';

/** How long the market gets to reach one of the two levels. */
const PATIENCE_MS = 30_000;
const POLL_MS = 250;
/** The levels are this part of the price away from it, and a little more at each try. */
const NEAR = 2_000n;
const MOST_TRIES = 5;

/** Reference C.18: a pair in Partial mode as near to the price as the price lets it be. */
export const pairSurvivor: Question = {
  question: 'cancelType of the other half of a Partial pair',
  option: 'pairCancelType',
  assumed: 'oco',
  ask: async (rig) => {
    const { createdTime } = await rig.open(2);
    const { retCode, retMsg } = await setPair(rig);
    if (retCode !== 0) return { observed: `${retCode} ${retMsg}`, value: undefined };
    for (const untilMs = Date.now() + PATIENCE_MS; Date.now() < untilMs; await pause(POLL_MS)) {
      const { list } = await rig.get('order/realtime', { symbol: rig.symbol, openOnly: '1', limit: '50' });
      const legs = list.filter((row) => isLegSince(row, Number(createdTime)));
      const filled = legs.find((row) => row['orderStatus'] === 'Filled');
      const survivor = legs.find((row) => row !== filled);
      if (filled !== undefined && survivor !== undefined) return findingOf(filled, survivor);
    }
    return { observed: `neither level was reached within ${PATIENCE_MS / 1_000} s`, value: undefined };
  },
};

/** The price may have passed a level by the time the request arrives: then once more, farther away. */
async function setPair(rig: Rig, tries = 1): Promise<Reply> {
  const { last } = await rig.prices();
  const distance = ceilTo(max(last / NEAR, rig.tickSize * 2n), rig.tickSize) * BigInt(tries);
  const size = format(rig.qty);
  const levels = { takeProfit: format(last + distance), stopLoss: format(last - distance) };
  const reply = await rig.tradingStop({ tpslMode: 'Partial', ...levels, tpSize: size, slSize: size });
  return reply.retCode === 0 || tries === MOST_TRIES ? reply : setPair(rig, tries + 1);
}

function isLegSince(row: Row, sinceMs: number): boolean {
  return textOf(row, 'stopOrderType').startsWith('Partial') && Number(row['createdTime']) >= sinceMs;
}

function findingOf(filled: Row, survivor: Row): Finding {
  const cancelType = textOf(survivor, 'cancelType');
  const observed = `${textOf(filled, 'stopOrderType')} filled, the other ${textOf(survivor, 'orderStatus')} ${cancelType}`;
  return { observed, value: cancelType.startsWith('CancelByOCO') ? 'oco' : 'clear' };
}
