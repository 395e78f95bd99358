import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** How facts are read, got wrong. */
export const DESK_READING: readonly Mutant[] = [
  ...mutantsOf('packages/desk/src/next-read.ts', testsOf('desk', 'next-read'), [
    ['a dirty row is decided on', 'INVARIANT 22', "    ['symbol', () => isDirty(check)],\n", ''],
    ['rows that the market has overtaken are decided on', 'F-25', 'isOvertaken(snapshot, plan) || ', ''],
    ['a plan trusts rows from before it was accepted', 'S-20', ' || isOlderThanPlan(snapshot, plan)', ''],
    ['dirty orders are clean', 'INVARIANT 22', 'position.dirty || orders.dirty', 'position.dirty'],
    [
      'executions are never fetched',
      'F-25',
      ' || needsExecutions(snapshot, plan, memoryOf(check))],\n    [',
      '],\n    [',
    ],
    [
      'a plan that was restored fetches no executions',
      'F-11',
      'return restoreEpoch > 0 && executionsSeq < 0;',
      'return restoreEpoch > 0 && executionsSeq < -1;',
    ],
    [
      'what the executions do not explain is not looked at again',
      'F-25',
      "    ['symbol', () => done.has('executions') && needsExecutions(snapshot, plan, memoryOf(check))],\n",
      '',
    ],
    [
      'rows that did not land are asked for again',
      'F-34',
      'return WAYS_TO_ROWS.find((scope) => !done.has(scope));',
      "return done.has('account') ? 'symbol' : 'account';",
    ],
    ['what was read for this decision is read again', 'F-39', '!done.has(scope) && isNeeded()', 'isNeeded()'],
    [
      'a lane forgets the orders of the other',
      'F-25',
      'return { ...(tpSl && { tpSl }), ...(limitOrder && { limitOrder }) };',
      'return { ...(tpSl && { tpSl }) };',
    ],
  ]),
  ...mutantsOf('packages/desk/src/next-read.ts', testsOf('desk', 'next-read'), [
    [
      'rows of a live stream are taken for overtaken by every price beyond a limit',
      'INVARIANT 22',
      'snapshot.streamed === true ? { ...snapshot, ordersAtMs: Number.POSITIVE_INFINITY } : snapshot',
      'snapshot',
    ],
    [
      'rows of a live stream are believed with the price beyond the stop',
      'S-06',
      'ordersAtMs: Number.POSITIVE_INFINITY }',
      'ordersAtMs: Number.POSITIVE_INFINITY, prices: undefined }',
    ],
    [
      'one vouched row vouches for both',
      'INVARIANT 22',
      'isVouched(position) && isVouched(orders)',
      'isVouched(orders)',
    ],
  ]),
  ...mutantsOf('packages/desk/src/frame-wait.ts', testsOf('desk', 'frame-wait'), [
    ['frames are waited for without a stream', 'S-13', 'snapshot?.streamed !== true', 'snapshot === undefined'],
    ['frames are waited for without an end', 'S-13', ' || waitedMs >= LONGEST_MS', ''],
    [
      'an execution is fetched although its frame is on its way',
      'S-19',
      'Math.max(newestMs + FRAMES_TAKE_MS - nowMs, TOGETHER_MS - waitedMs, 0)',
      '0',
    ],
    [
      'an execution whose frame is lost is waited for again and again',
      'F-09',
      'TOGETHER_MS - waitedMs, 0);\n  if',
      'TOGETHER_MS);\n  if',
    ],
    [
      'rows are read although the frames of our write are on their way',
      'S-13',
      'Math.max(wroteAtMs + CONFIRM_MS - nowMs, 0)',
      '0',
    ],
    [
      'rows that frames have outrun are not given their moment',
      'S-19',
      '? Math.max(TOGETHER_MS - waitedMs, 0) : 0',
      '? 0 : 0',
    ],
  ]),
  ...mutantsOf('packages/desk/src/patience.ts', testsOf('desk', 'patience'), [
    [
      'one lane waits on the patience of the other',
      'S-13',
      '`${ref.monitorId}|${lane}`',
      '`${ref.monitorId}|${lane.length > 0}`',
    ],
    [
      'a wait of long ago is still counted',
      'S-13',
      'if (nowMs - firstMs <= FORGOTTEN_MS) return',
      'if (firstMs > 0) return',
    ],
  ]),
  ...mutantsOf('packages/desk/src/read-facts.ts', testsOf('integration', 'streamed-writes'), [
    [
      'what waits for frames is not due before its lease ends',
      'INVARIANT 27',
      '  if (waitMs > 0) await setDueWithin(deps.redis, ref, lane, waitMs);\n',
      '',
    ],
    [
      'rows of a live stream are no newer than their last change, so that a plan that is flat is never seen to be over',
      'S-23',
      'const knownMs = nowMs - FRAMES_TAKE_MS;',
      'const knownMs = nowMs * 0 - FRAMES_TAKE_MS;',
    ],
    [
      'rows of a live stream expire as others do',
      'INVARIANT 22',
      '(isVouched(row) ? nowMs : versionOf(row).startMs)',
      'versionOf(row).startMs',
    ],
  ]),
  ...mutantsOf('packages/desk/src/read-facts.ts', testsOf('desk', 'read-facts'), [
    [
      'the account is read for a monitor that cannot be decided on',
      'F-34',
      "  if (instrument === undefined) return { kind: 'unknown', why: 'no instrument', retryInMs: 1_000 };\n",
      '',
    ],
  ]),
  ...mutantsOf('packages/desk/src/receipts.ts', testsOf('desk', 'receipts'), [
    [
      'an older read that lands late lowers what may be shown',
      'INVARIANT 22',
      'Math.max(newest.get(key) ?? 0, startMs)',
      'startMs',
    ],
  ]),
  ...mutantsOf('packages/desk/src/book-execution.ts', testsOf('desk', 'book-execution', 'owner-of-fill'), [
    [
      'the fill of an order of another installation is booked by its plan id',
      'S-24',
      'identity?.installation === installation ? plans',
      'identity !== undefined ? plans',
    ],
    [
      'the stop fill of an earlier plan is booked to the next',
      'S-23',
      'timeMs >= createdAtMs - CLOCKS_MS',
      'timeMs >= 0',
    ],
    [
      'what brought a position to where it was adopted is booked again',
      'INVARIANT 45',
      'seq > adopted.seq',
      'seq >= adopted.seq',
    ],
    ['a fill without our id is booked to the other side of a hedge', 'S-26', '(long ? 1 : 2)', '(long ? 2 : 1)'],
    ['a fill on another symbol is booked', 'S-26', '  if (symbol !== on) return false;\n', ''],
  ]),
  ...mutantsOf('packages/desk/src/fly-executions.ts', testsOf('integration', 'execution-window'), [
    [
      'without a cursor executions are fetched from now on only',
      'F-11',
      'cursorMs ?? Math.min(flight.startMs, ...planned.plans.map(({ createdAtMs }) => createdAtMs))',
      'cursorMs ?? flight.startMs',
    ],
    ['executions are fetched without an overlap', 'F-09', 'fromMs - EXECUTION_OVERLAP_MS', 'fromMs'],
  ]),
  ...mutantsOf('packages/desk/src/flights.ts', testsOf('integration', 'execution-window'), [
    [
      'a failed read is taken for a read',
      'F-34',
      'return { landed: false, reading: afterCrash(end.failure, attempt, scope, deps) };',
      'afterCrash(end.failure, attempt, scope, deps);\n      return { landed: true };',
    ],
  ]),
  ...mutantsOf('packages/desk/src/attempt-flight.ts', testsOf('integration', 'reads'), [
    ['who waited for a read is not woken', 'F-39', '    ...others.map(({ ref, lane }) => deps.wake(ref, lane)),\n', ''],
  ]),
  ...mutantsOf('packages/desk/src/attempt-flight.ts', testsOf('desk', 'attempt-flight'), [
    [
      'who cannot be told of a read keeps those from waking who waited for it',
      'F-39',
      'const done = await Promise.allSettled([',
      'await tellLanded({ account, scope, startMs, places }, deps);\n  const done = await Promise.allSettled([',
    ],
    [
      'a check wakes itself by its own read',
      'F-39',
      'ref.monitorId !== waiter?.ref.monitorId || lane !== waiter.lane',
      'lane.length > 0',
    ],
    ['a lane that read is taken for both', 'F-39', ' || lane !== waiter.lane', ''],
  ]),
  ...mutantsOf('packages/desk/src/crash-flight.ts', testsOf('desk', 'failed-flights'), [
    [
      'what our own side refused lets reads of the account rest',
      'F-34',
      "reason === 'not-sent' || (isUnreadable",
      '(isUnreadable',
    ],
    [
      'a listing that holds a row which cannot be read keeps others from reading',
      'F-34',
      ' || (isUnreadable(failure) && !isOnlyWay)',
      '',
    ],
    [
      'executions that cannot be read are asked for again at once',
      'F-34',
      '(isUnreadable(failure) && !isOnlyWay)',
      'isUnreadable(failure)',
    ],
    [
      'what our own side refused ends the rest that others have caused',
      'F-34',
      'import { abandonFlight, cancelFlight,',
      'import { abandonFlight, endFlight as cancelFlight,',
    ],
    [
      'a refusal for the sake of a key is not noted',
      'F-34',
      "  if (reason === 'credentials') await noteKeyRefusal(redis, account, message);\n",
      '',
    ],
  ]),
  ...mutantsOf('packages/desk/src/fly-account.ts', testsOf('integration', 'adoption'), [
    [
      'stop orders are not listed',
      'S-05',
      'const orders = [...active, ...conditional];',
      'const orders = [...active, ...conditional.slice(0, 0)];',
    ],
  ]),
  ...mutantsOf('packages/desk/src/fly-account.ts', testsOf('integration', 'attended'), [
    [
      'a position that a plan attends is noted as unattended',
      'INVARIANT 44',
      'position.size > 0n && !attended.has(slotOf(position))',
      'position.size > 0n',
    ],
  ]),
];
