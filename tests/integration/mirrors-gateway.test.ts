import { format } from '@backstop/core';
import { getPlans, listActive } from '@backstop/store';
import { expect, test } from 'vitest';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { startVenue, SYMBOLS } from '../support/venue.ts';

/** Processes start slowly on a machine that is busy with other things; maintenance reads prices each 5 s. */
const START = { timeout: 60_000, interval: 100 } as const;
const TOKEN = 'the-token-of-the-tests';

/** 100 at the market (100) and 100 at 95, for `main` as written, for `small` a twentieth of its balance. */
const FILE = {
  groups: {
    desk: {
      accounts: [
        { account: 'main', ratio: '1' },
        { account: 'small', shareOfBalance: '0.05' },
      ],
    },
  },
  plans: [
    {
      group: 'desk',
      symbol: SYMBOLS[0],
      side: 'Buy',
      entries: [
        { type: 'Market', qty: '100' },
        { type: 'Limit', price: '95', qty: '100' },
      ],
      takeProfits: [{ price: '110', percent: 100 }],
      stopLoss: { triggerPrice: '90' },
    },
  ],
};

/** Hands the file to the gateway. Answers with the status and what it says. */
async function post(url: string): Promise<readonly [number, string]> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${url}/v1/monitors`, { method: 'POST', headers, body: JSON.stringify(FILE) });
  return [answer.status, await answer.text()];
}

/** Where the gateway listens, once maintenance has told it the market. */
async function gatewayOf(fleet: Fleet): Promise<string> {
  fleet.start('maintenance', 'maintenance');
  const own = { BACKSTOP_GATEWAY_PORT: '0', BACKSTOP_OPERATOR_TOKEN: TOKEN, BACKSTOP_ACCOUNTS_FILE: '' };
  const { lines } = fleet.start('gateway', 'gateway', own);
  const url = (): unknown => lines.find(({ msg }) => msg === 'gateway ready')?.['url'];
  await expect.poll(url, START).toMatch(/^http/);
  return String(url());
}

async function entriesOf(fleet: Fleet, account: string): Promise<readonly string[]> {
  const plans = await getPlans(fleet.redis, await listActive(fleet.redis, account));
  return plans.flatMap((plan) => [
    ...(plan?.entries ?? []).map(({ qty }) => format(qty)),
    ...(plan?.mirror?.balance === undefined ? [] : [`of ${format(plan.mirror.balance)}`]),
  ]);
}

test('a share of a balance goes through the gateway, which has no keys: maintenance reads the balance from the exchange', async () => {
  await using venue = await startVenue({ accounts: ['main', 'small'] });
  await using fleet = await startFleet({ exchangeUrl: venue.url, accountsFile: venue.accountsFile });
  const url = await gatewayOf(fleet);

  await venue.fault({ kind: 'key-revoked', account: 'small' });
  const refused = /plans\[0\]\.group\.accounts\[1\].*the balance of small cannot be read: /;
  await expect.poll(() => post(url), START).toEqual([422, expect.stringMatching(refused)]); // 503 until prices are known
  expect([await entriesOf(fleet, 'main'), await entriesOf(fleet, 'small')]).toEqual([[], []]);

  await venue.clearFaults();
  expect(await post(url)).toEqual([201, expect.stringContaining('"small"')]);
  expect(await entriesOf(fleet, 'main')).toEqual(['100', '100']);
  expect(await entriesOf(fleet, 'small')).toEqual(['25.6', '25.6', 'of 100000']);
});
