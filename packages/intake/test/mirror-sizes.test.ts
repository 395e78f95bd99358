import { decimal, format, ONE, sum } from '@backstop/core';
import type { Decimal, Plan } from '@backstop/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Member } from '../src/group-schema.ts';
import { mirroredEntries } from '../src/mirrored-entries.ts';
import type { SizeFacts } from '../src/mirrored-entries.ts';
import type { PlanInput } from '../src/plan-schema.ts';
import { balances, fileOf, groupPlan, planOf, plansIn } from './group-file.ts';
import type { Members } from './group-file.ts';
import { seedOfTitle } from '@backstop/core/testing';

type Entries = PlanInput['entries'];

const THREE: Members = [
  { account: 'main', ratio: '1' },
  { account: 'mirror', fixed: '2.5' },
  { account: 'small', shareOfBalance: '0.25' },
];

function quantities(plan: Plan | undefined): readonly string[] {
  return (plan?.entries ?? []).map(({ qty }) => format(qty));
}

test('a plan of a group is one plan for each of its accounts, sized by the rule of the account', () => {
  const [main, mirror, small] = plansIn(fileOf(THREE), { balances: balances({ small: '1000' }) });
  expect([main, mirror, small].map((plan) => plan?.account)).toEqual(['main', 'mirror', 'small']);
  expect(quantities(main)).toEqual(['2', '3']);
  expect(quantities(mirror)).toEqual(['1', '1.5']);
  expect(quantities(small)).toEqual(['1', '1.5']); // 250 USDT of 494: 1.01 and 1.51
  expect(new Set([main?.id, mirror?.id, small?.id]).size).toBe(3);
});

test('each plan says which plan of which group it mirrors, and what its size came from', () => {
  const [main, mirror, small] = plansIn(fileOf(THREE), { balances: balances({ small: '1000' }) });
  const group = { group: 'desk', planId: main?.mirror?.planId };
  expect(main?.mirror).toEqual({ ...group, rule: 'ratio', value: ONE });
  expect(mirror?.mirror).toEqual({ ...group, rule: 'fixed', value: decimal('2.5') });
  const sharing = { rule: 'shareOfBalance', value: decimal('0.25'), balance: decimal('1000') };
  expect(small?.mirror).toEqual({ ...group, ...sharing });
  expect(main?.mirror?.planId).toMatch(/^[a-z2-7]{12}$/);
  expect(plansIn({ ...fileOf([]), plans: [planOf('main')], groups: {} })[0]).not.toHaveProperty('mirror');
});

test('a ratio of 1 gives the same plan', () => {
  const [mirror] = plansIn(fileOf([{ account: 'main', ratio: '1' }]));
  const [own] = plansIn({ ...fileOf([]), groups: {}, plans: [planOf('main')] });
  expect({ ...mirror, id: own?.id, mirror: undefined }).toEqual({ ...own, mirror: undefined });
});

const step = fc.constantFrom('0.001', '0.1', '1', '10').map(decimal);
const qty = fc.bigInt({ min: 1n, max: 10n ** 9n }).map((thousandths) => (thousandths * ONE) / 1_000n);
const entry = fc.oneof(
  fc.record({ type: fc.constant('Market' as const), qty }),
  fc.record({
    type: fc.constant('Limit' as const),
    qty,
    price: fc.bigInt({ min: 1n, max: 10n ** 7n }).map((cents) => (cents * ONE) / 100n),
  }),
);
const entries = fc.array(entry, { minLength: 1, maxLength: 6 });
const value = fc.bigInt({ min: 1n, max: 5_000n }).map((thousandths) => (thousandths * ONE) / 1_000n);
const rule = fc.record({ rule: fc.constantFrom('ratio' as const, 'fixed' as const, 'shareOfBalance' as const), value });
const facts = fc.record({
  qtyStep: step,
  price: fc.bigInt({ min: 1n, max: 10n ** 7n }).map((cents) => (cents * ONE) / 100n),
  balance: fc.bigInt({ min: 0n, max: 10n ** 9n }).map((cents) => (cents * ONE) / 100n),
});

/** What the entries of a plan are measured in by a rule: quantities, or what they are worth. */
function measures(written: Entries, { rule: name }: Omit<Member, 'account'>, at: SizeFacts): readonly Decimal[] {
  if (name !== 'shareOfBalance') return written.map(() => ONE);
  return written.map((one) => (one.type === 'Limit' ? one.price : (at.price ?? 0n)));
}

/** What a rule grants all entries together, by that measure. */
function grant(written: Entries, size: Omit<Member, 'account'>, at: SizeFacts): bigint {
  if (size.rule === 'fixed') return size.value * ONE;
  if (size.rule === 'ratio') return sum(written.map((one) => one.qty)) * size.value;
  return size.value * (at.balance ?? 0n);
}

test('quantities sit on the step, and all entries keep the proportions of the plan to within a step', () => {
  fc.assert(
    fc.property(entries, rule, facts, (written, size, at) => {
      const sized = mirroredEntries(written, size, at) ?? [];
      const measure = measures(written, size, at);
      const whole = sum(written.map((one, index) => one.qty * (measure[index] ?? 0n)));
      const wrong = written.filter((one, index) => {
        const got = sized[index]?.qty ?? -1n;
        const part = one.qty * grant(written, size, at);
        return got % at.qtyStep !== 0n || got * whole > part || (got + at.qtyStep) * whole <= part;
      });
      expect(wrong).toEqual([]);
      expect(sized.map((one) => ({ ...one, qty: 0n }))).toEqual(written.map((one) => ({ ...one, qty: 0n })));
    }),
    { seed: seedOfTitle(), numRuns: 1_000 },
  );
});

test('the sum never passes what the rule grants, and is short of it by less than one step an entry', () => {
  fc.assert(
    fc.property(entries, rule, facts, (written, size, at) => {
      const sized = mirroredEntries(written, size, at) ?? [];
      const measure = measures(written, size, at);
      const got = sum(sized.map((one, index) => one.qty * (measure[index] ?? 0n)));
      const short = grant(written, size, at) - got;
      expect(short).toBeGreaterThanOrEqual(0n);
      expect(short).toBeLessThan(at.qtyStep * sum(measure));
    }),
    { seed: seedOfTitle(), numRuns: 1_000 },
  );
});

const RULES = ['ratio', 'fixed', 'shareOfBalance'] as const;
const member = (account: string): fc.Arbitrary<Readonly<Record<string, string>>> =>
  fc
    .record({ rule: fc.constantFrom(...RULES), thousandths: fc.integer({ min: 500, max: 9_999 }) })
    .map(({ rule: name, thousandths }) => ({ account, [name]: String(thousandths / 1_000) }));
const members = fc.tuple(member('main'), member('mirror'), member('small'));
const equity = fc.integer({ min: 10_000, max: 10_000_000 }).map(String);
const equities = fc.record({ main: equity, mirror: equity, small: equity });

function byAccount(plans: readonly Plan[]): Readonly<Record<string, Plan>> {
  return Object.fromEntries(plans.map((plan) => [plan.account, plan]));
}

test('the order of the accounts in the group does not matter', () => {
  fc.assert(
    fc.property(
      members.chain((group) => fc.tuple(fc.constant(group), fc.shuffledSubarray([...group], { minLength: 3 }))),
      equities,
      ([group, shuffled], known) => {
        const at = { balances: balances(known) };
        expect(byAccount(plansIn(fileOf(shuffled), at))).toEqual(byAccount(plansIn(fileOf(group), at)));
      },
    ),
    { seed: seedOfTitle(), numRuns: 200 },
  );
});

const ACCOUNTS = ['main', 'mirror', 'small'] as const;

test('neither the balance, nor the rule, nor the presence of one account changes the plan of another', () => {
  fc.assert(
    fc.property(
      fc.tuple(members, members),
      fc.tuple(equities, equities),
      fc.constantFrom(...ACCOUNTS),
      ([group, otherGroup], [known, otherKnown], account) => {
        const { [account]: _, ...rest } = byAccount(plansIn(fileOf(group), { balances: balances(known) }));
        const changed = { ...known, [account]: otherKnown[account] };
        const others = group.map((one, index) => (one['account'] === account ? (otherGroup[index] ?? one) : one));
        const after = byAccount(plansIn(fileOf(others), { balances: balances(changed) }));
        const without = group.filter((one) => one['account'] !== account);
        expect(after).toEqual({ ...rest, [account]: after[account] });
        expect(byAccount(plansIn(fileOf(without), { balances: balances(changed) }))).toEqual(rest);
      },
    ),
    { seed: seedOfTitle(), numRuns: 200 },
  );
});

test('a share of a balance that is gone is nothing, and without a price or a balance nothing is known', () => {
  const written = [{ type: 'Market' as const, qty: ONE }];
  const share: Omit<Member, 'account'> = { rule: 'shareOfBalance', value: ONE };
  const at = { qtyStep: ONE / 10n, price: 100n * ONE, balance: -5n * ONE };
  expect(mirroredEntries(written, share, at)).toMatchObject([{ qty: 0n }]);
  expect(mirroredEntries(written, share, { ...at, price: undefined })).toBeUndefined();
  expect(mirroredEntries(written, share, { ...at, balance: undefined })).toBeUndefined();
});

test('quantities of a group that do not sit on the step are proportions, and no fault', () => {
  const entriesOffStep = [{ type: 'Market', qty: '2.04' }];
  const [plan] = plansIn(fileOf([{ account: 'main', ratio: '1' }], [{ ...groupPlan, entries: entriesOffStep }]));
  expect(quantities(plan)).toEqual(['2']);
});
