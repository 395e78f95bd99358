import { ONE } from '@backstop/core';
import { z } from 'zod';
import { notNegative, percent, positive } from './decimals.ts';
import { exitFields, MAX_LEGS } from './exit-fields.ts';
import { groupSchema } from './group-schema.ts';
import { accountName, groupName, symbolName } from './names.ts';

const MAX_DEADLINE_SECONDS = 86_400;
/** More than any order. */
export const NO_LIMIT = 1_000_000_000n * ONE;
/** USDT. */
const USUAL_MIN_NOTIONAL = 5n * ONE;

const note = z.string().optional();

/** A moment: ISO 8601 with its zone, or ms since 1970; becomes ms. */
const moment = z
  .union([z.iso.datetime({ offset: true }), z.int().positive()], 'expected ISO 8601 with a zone, or ms since 1970')
  .transform((value) => (typeof value === 'number' ? value : Date.parse(value)));

const entry = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('Market'), qty: positive }),
  z.strictObject({ type: z.literal('Limit'), qty: positive, price: positive }),
]);

/** Also where something else is wrong with the plan: all faults come at once. */
const whenObject = ({ value }: { readonly value: unknown }): boolean => typeof value === 'object' && value !== null;

/** One plan as people write it, of an account or of a group of them. `false` turns a default off. */
export const planSchema = z
  .strictObject({
    note,
    account: accountName.optional(),
    group: groupName.optional(),
    symbol: symbolName,
    side: z.enum(['Buy', 'Sell']),
    positionIdx: z.union([z.literal(0), z.literal(1), z.literal(2)], 'expected 0, 1 or 2').default(0),
    entries: z.array(entry).min(1).max(MAX_LEGS),
    ...exitFields,
    deadlineSeconds: z.number().positive().max(MAX_DEADLINE_SECONDS).optional(),
    deadline: moment.optional(),
    priceBandPercent: percent.optional(),
    entriesExpireAt: moment.optional(),
  })
  .refine(({ deadline, deadlineSeconds }) => deadline === undefined || deadlineSeconds === undefined, {
    path: ['deadline'],
    message: 'give either deadline or deadlineSeconds',
  })
  .refine(({ account, group }) => account !== undefined || group !== undefined, {
    path: ['account'],
    message: 'missing',
    when: whenObject,
  })
  .refine(({ account, group }) => account === undefined || group === undefined, {
    path: ['group'],
    message: 'give either account or group',
    when: whenObject,
  });

export type PlanInput = z.output<typeof planSchema>;

/** A plan of one account: its own, or as a member of a group. */
export type AccountPlanInput = PlanInput & { readonly account: string };

/** Trading rules and the price at which a simulated market starts. */
export const instrumentSchema = z.strictObject({
  note,
  symbol: symbolName,
  tickSize: positive,
  qtyStep: positive,
  minOrderQty: positive,
  maxOrderQty: positive.default(NO_LIMIT),
  maxMktOrderQty: positive.default(NO_LIMIT),
  minNotionalValue: notNegative.default(USUAL_MIN_NOTIONAL),
  status: z.string().default('Trading'),
  deliveryTime: z.int().nonnegative().default(0),
  price: positive,
});

/** The file: its groups and plans are read one by one, so that a fault in one does not hide another's. */
export const fileSchema = z.strictObject({
  note,
  accounts: z.array(accountName).min(1).optional(),
  groups: z.record(z.string(), z.unknown()).optional(),
  instruments: z.array(z.unknown()).min(1).optional(),
  plans: z.array(z.unknown()).min(1, 'expected at least one plan'),
});

/** The whole file as people write it, for descriptions of it; reading goes by `fileSchema`. */
export const planFileSchema = fileSchema.extend({
  groups: z.record(groupName, groupSchema).optional(),
  instruments: z.array(instrumentSchema).min(1).optional(),
  plans: z.array(planSchema).min(1),
});
