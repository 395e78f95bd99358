import type { Question } from '../question.ts';

const BAD_SIGNATURE = '0'.repeat(64);
const AN_HOUR_MS = -3_600_000;
const NAMES: Readonly<Record<number, string>> = { 10_002: 'timestamp', 10_003: 'key', 10_004: 'signature' };

/** Reference A.2: two requests with several faults each; the code names the one that was looked at first. */
export const gateOrder: Question = {
  question: "order of the gate's checks",
  option: 'gateOrder',
  assumed: 'key-timestamp-signature',
  ask: async (rig) => {
    const query = { symbol: rig.symbol };
    const allBad = { apiKey: 'nobody', aheadMs: AN_HOUR_MS, signature: BAD_SIGNATURE };
    const first = await rig.get('position/list', query, allBad);
    const second = await rig.get('position/list', query, { aheadMs: AN_HOUR_MS, signature: BAD_SIGNATURE });
    const [one, two] = [NAMES[first.retCode], NAMES[second.retCode]];
    const observed = `all wrong: ${first.retCode}, known key: ${second.retCode}`;
    if (one === undefined || two === undefined) return { observed, value: undefined };
    const rest = ['key', 'timestamp', 'signature'].filter((name) => name !== one && name !== two);
    return { observed, value: [...new Set([one, two, ...rest])].join('-') };
  },
};
