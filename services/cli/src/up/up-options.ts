import { z } from 'zod';

const VENUES = ['simulator', 'demo', 'testnet', 'mainnet'] as const;
export type Venue = (typeof VENUES)[number];

/** What simulated prices do once the plans are set up: a seeded random walk, or nothing. */
const MARKETS = ['walk', 'still'] as const;

const DEMO_PLANS = new URL('../../../../data/workload-30.json', import.meta.url).pathname;

/** What holds without a flag, as one would write it. */
export const UP_DEFAULTS = {
  for: undefined,
  plans: DEMO_PLANS,
  latency: '150',
  workers: '2',
  streams: '1',
  seed: '7',
  market: 'walk',
  venue: 'simulator',
} as const;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'expected a duration such as 60s, 5m or 1h')
  .transform((text) => Number.parseFloat(text) * (UNIT_MS[text.replace(/^[\d.]+/, '')] ?? 0))
  .pipe(z.number('expected a duration').min(1_000, 'expected at least 1s'));

const schema = z
  .strictObject({
    for: duration.optional(),
    plans: z.string().min(1),
    latency: wholeNumber(0, 10_000),
    workers: wholeNumber(1, 64),
    streams: wholeNumber(0, 16),
    report: z.string().min(1).optional(),
    /** undefined = 3000, or a free one when that is taken. */
    port: wholeNumber(0, 65_535).optional(),
    state: z.string().min(1).optional(),
    seed: wholeNumber(0, 2 ** 31),
    market: z.enum(MARKETS, `expected one of ${MARKETS.join(', ')}`),
    accounts: z.string().min(1).optional(),
    adoption: z.string().min(1).optional(),
    venue: z.enum(VENUES, `expected one of ${VENUES.join(', ')}`),
    yesRealMoney: z.boolean().default(false),
  })
  .transform(({ for: forMs, latency: latencyMs, ...rest }) => ({ ...rest, forMs, latencyMs }));

/** The options of `backstop up`, read and bounded. */
export type UpOptions = z.output<typeof schema>;

/** Reads the flags as the command line gave them. Returns all faults instead, each beginning with its flag. */
export function readUpOptions(
  given: unknown,
): { options: UpOptions; faults: [] } | { options: undefined; faults: string[] } {
  const result = schema.safeParse(given);
  if (!result.success) {
    return {
      options: undefined,
      faults: result.error.issues.map(({ path, message }) => `${flag(path[0])}: ${message}`),
    };
  }
  const { venue, yesRealMoney } = result.data;
  if (venue === 'mainnet' && !yesRealMoney) {
    return { options: undefined, faults: ['--venue: mainnet trades with real money; say --yes-real-money too'] };
  }
  if (venue !== 'simulator' && result.data.report !== undefined) {
    return {
      options: undefined,
      faults: ['--report: is made from the simulator, which knows the truth; a live venue has none'],
    };
  }
  return { options: result.data, faults: [] };
}

function wholeNumber(min: number, max: number) {
  const message = `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

function flag(name: PropertyKey | undefined): string {
  return `--${String(name).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
