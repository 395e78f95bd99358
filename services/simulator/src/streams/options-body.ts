import { z } from 'zod';

const milliseconds = (most: number): z.ZodNumber => z.number().int().min(0).max(most);
const text = z.string().min(1).max(200);

/** `streams` of POST /sim/options: any of the streams' options; what is not named stays. */
export const streamOptionsBody = z
  .strictObject({
    streamDelayMs: milliseconds(60_000),
    followDelayMs: milliseconds(60_000),
    streamLagMs: milliseconds(600_000),
    matchOrder: z.enum(['execution-first', 'order-first']),
    idleCutMs: z.number().int().min(1).max(86_400_000),
    idleTickMs: z.number().int().min(1).max(86_400_000),
    mixedFrame: z.enum(['reject', 'good-topics']),
    sessionsPerUid: z.number().int().min(0),
    tradePerSession: z.number().int().min(0),
    tradePerAddress: z.number().int().min(0),
    tradeSharesLimits: z.boolean(),
    subscribeBeforeAuthText: text,
    mixedStylesText: text,
    tooManyArgsText: text,
    authFailedText: text,
  })
  .partial();
