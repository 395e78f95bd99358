import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** The stream process got wrong: sessions, leases, frames and what they execute. */
export const STREAMS: readonly Mutant[] = [
  ...mutantsOf('services/stream/src/account-stream.ts', testsOf('stream', 'account-stream'), [
    [
      'a stream vouches for an account that it could not read',
      'INVARIANT 22',
      'await reconcile(session, signal);',
      'await reconcile(session, signal).catch(() => undefined);',
    ],
    [
      'what a lost connection vouched for goes on',
      'INVARIANT 22',
      '    this.#leave(`${reason}: ${why}`);\n',
      '',
      { mayHang: true },
    ],
    [
      'frames that were not patched leave the session standing',
      'INVARIANT 22',
      '      failed: (error) => this.#restart(`frames were not patched: ${toText(error)}`),\n',
      '      failed: () => undefined,\n',
      { mayHang: true },
    ],
    [
      'a session begins without the lease',
      'INVARIANT 22',
      "if (!(await opening)) return 'the lease is not held';",
      'await opening;',
    ],
  ]),
  ...mutantsOf('services/stream/src/share-keeper.ts', testsOf('stream', 'share-keeper'), [
    [
      'a stream is not told that its lease had run out',
      'INVARIANT 22',
      "else if (hold === 'claimed') stream.lapsed();",
      '',
    ],
    [
      'a process holds its accounts for ever',
      'INVARIANT 22',
      'return performance.now() < this.#heldAtMs + STREAM_LEASE_MS;',
      'return performance.now() >= this.#heldAtMs;',
    ],
    ['two processes of one name open the same streams', 'INVARIANT 22', " || hold === 'namesake'", ''],
    [
      'a process whose name another one has tells of it each second',
      'F-34',
      'if (!had && this.#hasNamesake) {',
      'if (this.#hasNamesake) {',
    ],
    [
      'a process that is started again is told off for its name',
      'F-34',
      'nowMs - this.#namesakeSinceMs > STREAM_LEASE_MS',
      'nowMs - this.#namesakeSinceMs >= 0',
    ],
  ]),
  ...mutantsOf('services/stream/src/apply-frames.ts', testsOf('stream', 'apply-frames'), [
    [
      'a fill that a frame told wakes one lane',
      'INVARIANT 27',
      'all.push(...woken);',
      "all.push(...woken.filter(({ lane }) => lane === 'limit-order'));",
    ],
    [
      'a fill goes to whoever trades',
      'F-06',
      'const own = active.filter(({ symbol }) => symbols.has(symbol));',
      'const own = active.slice(0, 0);',
    ],
    [
      'who was active once is told of fills for ever',
      'INVARIANT 27',
      '    known = await readPlans(redis, account, session);\n',
      '    known = rememberedPlans(redis, account, session) ?? known;\n',
    ],
    [
      'a row from nowhere is passed over',
      'F-34',
      "    throw new Error('a row without a symbol');\n",
      '    return [];\n',
    ],
  ]),
  ...mutantsOf('services/stream/src/apply-batch.ts', testsOf('stream', 'apply-batch'), [
    [
      'who was woken before its rows were patched is not woken again',
      'INVARIANT 27',
      'stands ? woken.filter((waiter) => !has(ahead, waiter)) : woken',
      'woken.filter((waiter) => !has(ahead, waiter))',
    ],
    [
      'who looks at a fill waits for the reply to its frames',
      'INVARIANT 27',
      'const waking = wakeAll(account, ahead, deps);',
      'const waking = applying.then(() => wakeAll(account, ahead, deps));',
    ],
    [
      'the wake-up goes before the frames',
      'INVARIANT 27',
      '  const applying = applyFrames(account, frames, session, deps);\n  const ahead',
      '  const applying = new Promise(setImmediate).then(() => applyFrames(account, frames, session, deps));\n  const ahead',
      { mayHang: true },
    ],
  ]),
  ...mutantsOf('packages/desk/src/fly-executions.ts', testsOf('desk', 'fly-executions'), [
    [
      'fills of plans that come back while executions are read are lost',
      'F-11',
      'createdAtMs < sinceMs)',
      'createdAtMs < 0)',
    ],
  ]),
];
