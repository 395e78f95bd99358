import type { Account, Position } from '../../engine/model.ts';
import type { Venue } from '../../engine/venue.ts';
import { positionRow } from '../../http/rows/position-row.ts';
import { arranged } from './arranged.ts';

/** In the order of the captures; the last two are later additions. */
const NAMES = [
  'positionIdx',
  'tradeMode',
  'riskId',
  'riskLimitValue',
  'symbol',
  'side',
  'size',
  'entryPrice',
  'sessionAvgPrice',
  'leverage',
  'positionValue',
  'positionBalance',
  'markPrice',
  'positionIM',
  'positionMM',
  'positionIMByMp',
  'positionMMByMp',
  'takeProfit',
  'stopLoss',
  'trailingStop',
  'unrealisedPnl',
  'cumRealisedPnl',
  'curRealisedPnl',
  'createdTime',
  'updatedTime',
  'tpslMode',
  'liqPrice',
  'bustPrice',
  'category',
  'positionStatus',
  'adlRankIndicator',
  'autoAddMargin',
  'leverageSysUpdatedTime',
  'mmrSysUpdatedTime',
  'seq',
  'isReduceOnly',
  'breakEvenPrice',
  'openTime',
];

/** Fields that say "none" with "0" on the stream and with "" in the listing. */
const ZERO_WHEN_NONE = ['takeProfit', 'stopLoss', 'trailingStop', 'positionValue', 'unrealisedPnl', 'breakEvenPrice'];

/** One row of the `position` topic: `entryPrice` for the listing's avgPrice, and its own none-values (reference D.4). */
export function positionFrameRow(venue: Venue, account: Account, position: Position): Record<string, unknown> {
  const row = positionRow(venue, account, position);
  const zeros = ZERO_WHEN_NONE.map((name): [string, unknown] => [name, row[name] === '' ? '0' : row[name]]);
  return arranged(NAMES, {
    ...row,
    ...Object.fromEntries(zeros),
    category: 'linear',
    entryPrice: row['avgPrice'],
    bustPrice: '',
  });
}
