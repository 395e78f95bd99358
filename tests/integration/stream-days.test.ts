import { expect, test } from 'vitest';
import { seededRandom } from '../faults/random.ts';
import { openStreamSession, type StreamSession } from '../faults/stream-session.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
/** Nobody trades any more: within this every frame that was lost is made up for by an audit of everything. */
const CALM_MS = 160_000;

/** What befalls the stream of an account for a while. */
const TROUBLES: readonly ((session: StreamSession) => Promise<void>)[] = [
  ({ strike }) => strike({ kind: 'frame-dropped', probability: 0.3, untilMs: 5_000 }),
  ({ strike }) => strike({ kind: 'frame-duplicated', probability: 0.5, untilMs: 5_000 }),
  ({ strike }) => strike({ kind: 'frame-delayed', probability: 0.5, ms: 900, untilMs: 5_000 }),
  ({ strike }) => strike({ kind: 'frame-reordered', probability: 0.5, untilMs: 5_000 }),
  ({ strike }) => strike({ kind: 'socket-cut', count: 1 }),
  ({ strike }) => strike({ kind: 'half-open', count: 1 }),
  async ({ strike }) => {
    await strike({ kind: 'auth-silent', untilMs: 8_000 });
    await strike({ kind: 'socket-cut', count: 1 });
  },
  async ({ strike }) => {
    await strike({ kind: 'http-500', probability: 0.5, untilMs: 8_000 });
    await strike({ kind: 'socket-cut', count: 1 });
  },
];

/** Somebody trades through every trouble, while the process is killed, stopped and joined by a second one at moments of the seed's. */
async function playTroubles(seed: number): Promise<Pick<StreamSession, 'trace' | 'traded'>> {
  await using session = await openStreamSession(seed);
  const random = seededRandom(seed).of('troubles');
  const { start, run, trace, traded } = session;
  let first = start('stream-1');
  await run(3_000);
  for (const [nth, trouble] of TROUBLES.entries()) {
    await trouble(session);
    await run(random.int(500, 12_000));
    const dice = random.int(1, 100);
    if (dice <= 40) {
      first.kill();
      await run(random.int(10, 6_000));
      first = start('stream-1');
    } else if (dice <= 80) {
      first.stop();
      await run(random.int(10, 9_000));
      first.resume();
    } else start(`joined-${nth}`);
    await run(random.int(500, 12_000));
  }
  await expectTruth(session, CALM_MS);
  return { trace, traded };
}

/** The cache holds what the exchange lists, and a live stream says so. */
async function expectTruth({ calmDown, run, cached, listed, stream }: StreamSession, calmMs: number): Promise<void> {
  await calmDown();
  await run(calmMs);
  expect(await stream()).toMatchObject({ live: true, synced: true });
  expect(await cached()).toEqual({ ...(await listed()), isVouched: true });
}

function isFrame(what: string): boolean {
  return /^(execution|order|position) of$/.test(what);
}

test.for(SEEDS)(
  'whatever befalls its stream, in the end an account is what the exchange lists (seed %i)',
  async (seed) => {
    const { traded, trace } = await playTroubles(seed);

    expect(traded.length).toBeGreaterThan(100);
    expect(trace.filter((line) => line.endsWith('connected: ready')).length).toBeGreaterThan(4);
  },
);

test('equal seeds give equal requests, frames and moments', async () => {
  const [first, again, other] = [await playTroubles(1), await playTroubles(1), await playTroubles(2)];

  expect(again).toEqual(first);
  expect(other.trace).not.toEqual(first.trace);
});

test('a process that is killed does nothing more, its sockets end, and another takes over when its lease runs out', async () => {
  await using session = await openStreamSession(11);
  const { start, run, trace, stream, sockets } = session;
  const first = start('stream-1');
  await run(5_000);
  first.kill();
  const told = trace.length;
  await run(20);
  expect(sockets()).toBe(0);
  start('stream-2');
  await run(2_000);
  expect(trace.slice(told)).toEqual([]);
  expect(await stream()).toMatchObject({ owner: 'stream-1', synced: true });

  await run(3_000);
  expect(await stream()).toMatchObject({ owner: 'stream-2', synced: true });
  await expectTruth(session, 8_000);
  expect(trace.slice(told).filter((line) => line.endsWith('not synced'))).toHaveLength(1); // what the other began with
});

test('one that was stopped vouches for nothing that was told meanwhile, until it has read everything anew', async () => {
  await using session = await openStreamSession(12);
  const { start, run, trace, stream, sockets } = session;
  const process = start('stream-1');
  await run(5_000);
  process.stop();
  const told = trace.length;
  await run(12_000);
  expect(trace.slice(told)).toEqual([]);
  expect(sockets()).toBe(1);
  expect(await stream()).toMatchObject({ live: false });
  expect(process.reasons()).toEqual(['the leases of its accounts were not renewed']);

  process.resume();
  await run(3_000);
  const since = trace.slice(told).map((line) => line.split(' ').slice(1, 3).join(' '));
  expect(since.filter(isFrame).length).toBeGreaterThan(40); // 12 s of them were held
  expect(since.find((what) => !isFrame(what))).toBe('not synced'); // before anything is patched
  expect(since.indexOf('synced')).toBeGreaterThan(since.indexOf('GET position/list'));
  expect(since).not.toContain('connected: ready'); // it counts its own beats: its socket has not gone silent
  await expectTruth(session, 2_000);
});

test('a half-open socket is noticed after 6 s, and what it did not tell is read', async () => {
  await using session = await openStreamSession(13);
  const { start, run, strike, trace, stream } = session;
  start('stream-1');
  await run(5_000);
  await strike({ kind: 'half-open' });
  const told = trace.length;
  await run(8_000);
  const noticed = trace.slice(told).find((line) => line.endsWith('not synced'));
  const noticedAfterMs = Number(noticed?.split(' ')[0]) - 5_000;
  expect(noticedAfterMs).toBeGreaterThan(3_000); // nothing may have come in the last seconds before it
  expect(noticedAfterMs).toBeLessThanOrEqual(6_000);
  expect(await stream()).toMatchObject({ synced: true, why: 'silent: nothing received for 6000 ms' });
  await expectTruth(session, 2_000);
});

test('of frames that are lost the cache knows nothing until an audit has found it, and counts it as drift', async () => {
  await using session = await openStreamSession(14);
  const { start, run, strike, calmDown, cached, listed, trace } = session;
  start('stream-1');
  await run(2_000);
  await strike({ kind: 'frame-dropped' });
  await run(6_000);
  await calmDown();
  expect(await cached()).not.toEqual({ ...(await listed()), isVouched: true });

  await expectTruth(session, 40_000);
  expect(trace.map((line) => line.split(' ').slice(1).join(' '))).toEqual(
    expect.arrayContaining(['drifted: positions', 'drifted: orders']),
  );
});
