/** BENCH_SMALL=1 runs a benchmark on a few monitors, to see that it works; its figures say nothing. */
export const isSmall = process.env['BENCH_SMALL'] === '1';
