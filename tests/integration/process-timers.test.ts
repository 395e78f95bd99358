import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openProcessTimers, outside, type ProcessLoop } from '../faults/process-timers.ts';
import { openVirtualTime } from '../faults/virtual-time.ts';

interface Ground {
  readonly process: ProcessLoop;
  /** What was heard, each with the ms since the beginning. */
  readonly heard: readonly string[];
  readonly hear: (what: string) => void;
  readonly run: (ms: number) => Promise<void>;
}

async function onGround(play: (ground: Ground) => Promise<void>): Promise<void> {
  using time = openVirtualTime(0);
  using timers = openProcessTimers();
  const heard: string[] = [];
  await play({
    process: timers.open(),
    heard,
    hear: (what) => void heard.push(`${time.nowMs()} ${what}`),
    run: (ms) =>
      time.run(
        ms,
        () => undefined,
        () => false,
      ),
  });
}

test('what a stopped process waits for comes when it goes on: each timer once, in the order in which they were due', async () => {
  await onGround(async ({ process, heard, hear, run }) => {
    process.inside(() => {
      setInterval(() => hear('interval'), 100);
      setTimeout(() => hear('timeout'), 150);
      void pause(250).then(() => hear('promise'));
    });
    setTimeout(() => hear('somebody else'), 120);
    await run(110);
    process.stop();
    await run(300);
    process.enter(() => hear('arrival'));
    expect(heard).toEqual(['100 interval', '120 somebody else']);

    process.resume();
    await run(95);
    expect(heard.slice(2)).toEqual(['410 timeout', '410 interval', '410 promise', '410 arrival', '500 interval']);
  });
});

test('a timer that is cleared before its turn comes does not fire, though it was due while the process was stopped', async () => {
  await onGround(async ({ process, heard, hear, run }) => {
    process.inside(() => {
      const later = { timer: setTimeout(() => hear('cleared'), 20) };
      setTimeout(() => clearTimeout(later.timer), 10);
    });
    process.stop();
    await run(50);
    process.resume();
    await run(50);
    expect(heard).toEqual([]);
  });
});

test('what follows from a timer of a process is its own too, but not what it asked others to do', async () => {
  await onGround(async ({ process, heard, hear, run }) => {
    process.inside(() => {
      setTimeout(() => setTimeout(() => hear('own'), 10), 10);
      void pause(10).then(() => setTimeout(() => hear('own'), 10));
      setTimeout(() => outside(() => setTimeout(() => hear('of others'), 10)), 10);
    });
    await run(15);
    process.stop();
    await run(15);
    expect(heard).toEqual(['20 of others']);
    process.kill();
    process.resume();
    await run(50);
    expect(heard).toEqual(['20 of others']);
  });
});
