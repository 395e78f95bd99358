import { z } from 'zod';

/** The envelope of every V5 reply (reference A.3), and what the SDK adds to it from the headers. */
export const replySchema = z.object({
  retCode: z.number(),
  retMsg: z.string().default(''),
  result: z.unknown(),
  retExtInfo: z.unknown(),
  /** The exchange's clock, ms. */
  time: z.number().optional(),
  rateLimitApi: z
    .object({ maxRequests: z.number(), remainingRequests: z.number(), resetAtTimestamp: z.number() })
    .optional()
    .catch(undefined),
});

export type Reply = z.infer<typeof replySchema>;

/** How long the endpoint's window lasts, ms, by the exchange's own clock; undefined = the headers are missing. */
export function resetInMs({ rateLimitApi, time }: Reply, nowMs: number): number | undefined {
  return rateLimitApi && Math.max(0, rateLimitApi.resetAtTimestamp - (time ?? nowMs));
}
