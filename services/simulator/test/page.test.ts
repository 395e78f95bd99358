import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exchange, order, SYMBOL } from './exchange-client.ts';
import type { Exchange } from './exchange-client.ts';

const USDT = { category: 'linear', settleCoin: 'USDT' };

const row = z.record(z.string(), z.unknown());
type Row = z.output<typeof row>;
const pictureBody = z.object({
  walking: z.boolean(),
  symbols: z.array(row),
  accounts: z.array(row),
  positions: z.array(row),
  orders: z.array(row),
  executions: z.array(row),
  faults: z.array(row),
  faultKinds: z.array(z.string()),
  counts: row,
});

async function picture(venue: Exchange): Promise<z.output<typeof pictureBody>> {
  const { status, body } = await venue.sim('GET', 'picture');
  expect(status).toBe(200);
  return pictureBody.parse(body);
}

async function rows(venue: Exchange, endpoint: string, query: Record<string, string>): Promise<readonly Row[]> {
  return (await venue.get(endpoint, query)).body.result.list ?? [];
}

const decimals = (of: Row | undefined, names: readonly string[]): readonly number[] =>
  names.map((name) => Number(of?.[name]));
const ids = (listed: readonly Row[]): readonly unknown[] => listed.map(({ orderId }) => orderId);

describe('the page', () => {
  test('it comes with all its parts, and only from here', async () => {
    await using venue = await exchange();
    const page = await fetch(venue.url);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\/|<style|<script>| style="| on\w+="/);

    const seen = new Set<string>();
    const waiting = [...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path = '']) => path);
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const part = await fetch(`${venue.url}${path}`);
      expect({ path, status: part.status }).toEqual({ path, status: 200 });
      expect(part.headers.get('content-type')).toBe(
        `text/${path.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`,
      );
      const text = await part.text();
      waiting.push(...[...text.matchAll(/from '\.\/([^']+)'/g)].map(([, name = '']) => `/page/${name}`));
    }
    expect([...seen].toSorted()).toEqual(
      ['api.js', 'forms.js', 'ladder.js', 'page.css', 'page.js', 'tables.js'].map((name) => `/page/${name}`),
    );
  });

  test('no other path below it is served, and only GET', async () => {
    await using venue = await exchange();
    for (const path of ['/page/', '/page/../main.ts', '/page/page-reply.ts', '/index.html']) {
      expect((await fetch(`${venue.url}${path}`)).status).toBe(404);
    }
    expect((await fetch(venue.url, { method: 'POST', body: '' })).status).toBe(404);
  });

  test('every element that its scripts look for by id is on it', async () => {
    await using venue = await exchange();
    const html = await (await fetch(venue.url)).text();
    const scripts = await Promise.all(
      ['page', 'forms'].map(async (name) => (await fetch(`${venue.url}/page/${name}.js`)).text()),
    );
    const asked = [...scripts.join('').matchAll(/\$\('([a-z]+)'\)/g)].map(([, id = '']) => id);
    expect(asked.length).toBeGreaterThan(10);
    for (const id of asked) expect(html).toContain(`id="${id}"`);
  });

  test('the simulator takes every fault that a button of it strikes with', async () => {
    await using venue = await exchange();
    const script = await (await fetch(`${venue.url}/page/forms.js`)).text();
    const buttons = [...script.matchAll(/\{ (kind: '[^}]+) \}\]/g)].map(([, fields = '']) => fields);
    expect(buttons.length).toBeGreaterThan(5);
    for (const fields of buttons) {
      const named = fields.split(', ').map((field) => field.split(': '));
      const fault = Object.fromEntries(
        named.map(([name = '', value = '']) => [
          name,
          name === 'kind' ? value.slice(1, -1) : Number(value.replace('_', '')),
        ]),
      );
      expect({ fields, ...(await venue.sim('POST', 'faults', { faults: [fault] })) }).toMatchObject({ status: 200 });
    }
  });
});

describe('the picture', () => {
  test('positions, orders and money are those of the exchange', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({ qty: '3', stopLoss: '95', takeProfit: '120' }));
    await venue.post('order/create', order({ side: 'Sell', orderType: 'Limit', price: '104', reduceOnly: true }));
    await venue.post('order/create', order({ orderType: 'Limit', price: '97', orderLinkId: 'e2' }));
    await venue.sim('POST', 'price', { symbol: SYMBOL, price: '104.5' });

    const seen = await picture(venue);
    const [position] = await rows(venue, 'position/list', USDT);
    const levels = { side: 'Buy', size: '2', stopLoss: '95', takeProfit: '120', positionIdx: 0 };
    expect(position).toMatchObject(levels);
    expect(seen.positions).toMatchObject([{ ...levels, account: 'main', protected: true }]);
    const money = ['avgPrice', 'unrealisedPnl'];
    expect(decimals(seen.positions[0], money)).toEqual(decimals(position, money));

    expect(ids(seen.orders)).toEqual(ids(await rows(venue, 'order/realtime', USDT)));
    const executed = await rows(venue, 'execution/list', { category: 'linear' });
    expect(seen.executions.map(({ execId }) => execId)).toEqual(executed.map(({ execId }) => execId));
    expect(seen.executions[0]).toMatchObject({ side: 'Sell', execPrice: '104', closedSize: '1' });

    const wallet = (await rows(venue, 'account/wallet-balance', { accountType: 'UNIFIED' }))[0];
    const [account] = seen.accounts;
    expect(decimals(account, ['equity', 'walletBalance'])).toEqual(
      decimals(wallet, ['totalEquity', 'totalWalletBalance']).map((value) => Number(value.toFixed(4))),
    );
    expect(seen.counts).toEqual({ positions: 1, protected: 1, orders: seen.orders.length });
    expect(seen.symbols).toMatchObject([{ symbol: SYMBOL, last: '104.5', tickSize: '0.1' }]);
  });

  test('a position without a stop counts as unprotected, walks and faults are told', async () => {
    await using venue = await exchange();
    await venue.post('order/create', order({}));
    await venue.sim('POST', 'walk', { stepMs: 60_000 });
    await venue.sim('POST', 'faults', { faults: [{ kind: 'rate-limited', account: 'main', count: 2 }] });
    const seen = await picture(venue);
    expect(seen.positions).toMatchObject([{ protected: false, stopLoss: '' }]);
    expect(seen.counts).toMatchObject({ positions: 1, protected: 0 });
    expect(seen.walking).toBe(true);
    expect(seen.faults).toMatchObject([{ kind: 'rate-limited', count: 2, hits: 0 }]);
    expect(seen.faultKinds).toContain('reply-lost-after');
    await venue.sim('DELETE', 'walk');
    expect((await picture(venue)).walking).toBe(false);
  });

  test('it holds the latest executions only, and no keys', async () => {
    await using venue = await exchange();
    for (let index = 0; index < 45; index += 1) {
      await venue.post('order/create', order({ side: index % 2 === 0 ? 'Buy' : 'Sell' }));
    }
    const seen = await picture(venue);
    expect(seen.executions).toHaveLength(40);
    expect(JSON.stringify(seen)).not.toMatch(/main-key|main-secret/);
  });
});
