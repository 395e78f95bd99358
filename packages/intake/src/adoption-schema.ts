import { ONE, sum } from '@backstop/core';
import type { Adoption, AdoptionTemplate } from '@backstop/core';
import { z } from 'zod';
import { percent } from './decimals.ts';
import { exitFields, MAX_LEGS, steps, takeProfitNumber, triggerBy } from './exit-fields.ts';
import { breakevenOf, limitsOf, PLAN_DEFAULTS, stepsOf } from './to-plan.ts';

const stopDistancePercent = percent.refine((share) => share < ONE, 'expected percent below 100');

const template = z
  .strictObject({
    stopDistancePercent,
    triggerBy: triggerBy.optional(),
    takeProfits: z
      .array(z.strictObject({ distancePercent: percent, percent }))
      .min(1)
      .max(MAX_LEGS),
    breakeven: exitFields.breakeven,
    steps: steps.optional(),
    trailingStop: z.strictObject({ distancePercent: percent, afterTakeProfit: takeProfitNumber.optional() }).optional(),
    timeLimit: exitFields.timeLimit,
    externalChanges: exitFields.externalChanges,
  })
  .check(({ value, issues }) => {
    issues.push(...faultsOf(value).map((fault) => ({ code: 'custom' as const, input: value, ...fault })));
  });

type TemplateInput = z.output<typeof template>;

/** What becomes of positions that no plan opened, as people write it: distances and shares in percent. */
export const adoptionSchema = z
  .discriminatedUnion(
    'mode',
    [
      z.strictObject({ mode: z.literal('ignore') }),
      z.strictObject({ mode: z.literal('protect-only'), stopDistancePercent, triggerBy: triggerBy.optional() }),
      z.strictObject({ mode: z.literal('manage'), template }),
    ],
    'expected mode ignore, protect-only or manage',
  )
  .transform((input): Adoption => {
    if (input.mode === 'ignore') return { mode: 'ignore' };
    if (input.mode === 'manage') return { mode: 'manage', template: toTemplate(input.template) };
    const { mode, stopDistancePercent: stopDistance, triggerBy: trigger } = input;
    return { mode, stopDistance, ...(trigger !== undefined && { triggerBy: trigger }) };
  });

type TemplateFault = { path: PropertyKey[]; message: string };

function faultsOf({ takeProfits, breakeven, trailingStop }: TemplateInput): TemplateFault[] {
  const total = sum(takeProfits.map((rung) => rung.percent));
  const numbers = [
    ['breakeven', breakeven === false ? undefined : breakeven?.afterTakeProfit],
    ['trailingStop', trailingStop?.afterTakeProfit],
  ] as const;
  return [
    ...(total === ONE ? [] : [{ path: ['takeProfits'], message: 'shares do not sum to exactly 100 %' }]),
    ...takeProfits.flatMap(({ distancePercent }, index) =>
      distancePercent > (takeProfits[index - 1]?.distancePercent ?? 0n)
        ? []
        : [
            {
              path: ['takeProfits', index, 'distancePercent'],
              message: 'must be further away than the take-profit before it',
            },
          ],
    ),
    ...numbers.flatMap(([field, number = 0]) =>
      number <= takeProfits.length
        ? []
        : [{ path: [field, 'afterTakeProfit'], message: `there is no take-profit ${number}` }],
    ),
  ];
}

/** The same defaults as for a plan: breakeven after the first take-profit unless it is turned off. */
function toTemplate({ takeProfits, trailingStop, ...input }: TemplateInput): AdoptionTemplate {
  const after = trailingStop?.afterTakeProfit;
  return {
    stopDistance: input.stopDistancePercent,
    ...(input.triggerBy !== undefined && { triggerBy: input.triggerBy }),
    takeProfits: takeProfits.map(({ distancePercent: distance, percent: share }) => ({ distance, share })),
    ...breakevenOf(input.breakeven, PLAN_DEFAULTS),
    ...stepsOf(input.steps, PLAN_DEFAULTS),
    ...(trailingStop !== undefined && {
      trailingStop: { distance: trailingStop.distancePercent, ...(after !== undefined && { afterTakeProfit: after }) },
    }),
    ...limitsOf(input),
  };
}
