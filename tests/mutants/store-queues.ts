import { mutantsOf, testsOf, type Mutant } from './mutant.ts';

/** Who may call and who is woken, got wrong: the call budget, jobs, workers. */
export const STORE_QUEUES: readonly Mutant[] = [
  ...mutantsOf('packages/store/src/lua/budget-take.lua', testsOf('store', 'budget'), [
    [
      'one call more than the limit is granted',
      'INVARIANT 26',
      'if used + wanted <= allowed then',
      'if used + wanted <= allowed + 1 then',
    ],
    ['less urgent lanes take the reserve', 'INVARIANT 26', 'limit - math.ceil(limit * leave / 100)', 'limit'],
    [
      'a blocked class is asked all the same',
      'INVARIANT 26',
      'math.max(wait, classWait, blocked_for(KEYS[5]), blocked_for(KEYS[6]))',
      'math.max(wait, classWait, blocked_for(KEYS[6]))',
    ],
    [
      'a blocked account is asked all the same',
      'INVARIANT 26',
      'math.max(wait, classWait, blocked_for(KEYS[5]), blocked_for(KEYS[6]))',
      'math.max(wait, classWait, blocked_for(KEYS[5]))',
    ],
    [
      'a blocked address is asked all the same',
      'INVARIANT 26',
      'wait = math.max(wait, gives_way_for(), blocked_for(KEYS[2]))',
      'wait = math.max(wait, 0)',
    ],
    [
      'a request is not counted against the address',
      'INVARIANT 26',
      'local first = add(KEYS[1], addressWindow, 1)',
      'local first = 1',
    ],
    [
      'a clock that is set back holds the budget shut',
      'INVARIANT 26',
      "  redis.call('ZREMRANGEBYSCORE', log, now + 1000, '+inf') -- a clock that was set back must not hold the budget shut\n",
      '',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/budget-take.lua', testsOf('store', 'budget-line'), [
    [
      'audits take what stops wait for',
      'INVARIANT 26',
      'wait = math.max(wait, gives_way_for(), blocked_for(KEYS[2]))',
      'wait = math.max(wait, blocked_for(KEYS[2]))',
    ],
    [
      'all whom the address refuses come back for the same call',
      'INVARIANT 26',
      ' - 1 + before) % used',
      ' - 1 + 0 * before) % used',
    ],
    [
      'who waits for the address waits behind less urgent lanes',
      'INVARIANT 26',
      '  if leave > 0 or wait == 0 then return end\n',
      '  if wait == 0 then return end\n',
    ],
    [
      'who has had a turn stands in line for ever',
      'INVARIANT 26',
      "  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)\n",
      '',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/budget-take.lua', testsOf('desk', 'hold-budget'), [
    ['a batch takes more than is left', 'INVARIANT 26', 'math.min(cost, allowed - used)', 'cost'],
  ]),
  ...mutantsOf('packages/store/src/lua/budget-count-from-now.lua', testsOf('store', 'budget-late-calls'), [
    [
      'calls that come late do not count against the address from then on',
      'INVARIANT 26',
      'count(KEYS[1], first, tonumber(ARGV[3]))\n',
      '',
    ],
    [
      'calls that come late do not count against their class from then on',
      'INVARIANT 26',
      'count(KEYS[2], call, tonumber(ARGV[4]))',
      'local unchanged = call',
    ],
  ]),
  ...mutantsOf('packages/store/src/lua/budget-correct.lua', testsOf('store', 'budget'), [
    [
      'calls that others make with the key are not counted',
      'INVARIANT 26',
      'if foreign <= 0 then return 0 end',
      'if foreign ~= nil then return 0 end',
    ],
    ['a limit in the headers is not taken over', 'INVARIANT 26', "redis.call('HSET', KEYS[2], 'limit', limit)\n", ''],
    ['our own calls are taken for those of others', 'INVARIANT 26', 'now - 2 * window', 'now'],
  ]),
  ...mutantsOf('packages/store/src/lua/budget-block.lua', testsOf('store', 'budget'), [
    ['a shorter block shortens a longer one', 'INVARIANT 26', 'untilMs = math.max(untilMs, blocked)\n', ''],
    ['a reset time far ahead is believed', 'INVARIANT 26', 'math.min(first, now + most)', 'first'],
    ['refusals of one moment count one by one', 'INVARIANT 26', 'elseif blocked > now then', 'elseif blocked < 0 then'],
    ['a block that doubles has no longest', 'INVARIANT 26', 'math.min(step * 2, most)', 'step * 2'],
  ]),
  ...mutantsOf('packages/store/src/wake.ts', testsOf('store', 'wake'), [
    [
      'an event during an active check is lost',
      'INVARIANT 27',
      'deduplication: { id: deduplicationId(data), keepLastIfActive: true }',
      'deduplication: { id: deduplicationId(data) }',
    ],
    ['an event waits behind the sweeps', 'INVARIANT 27', '  if (job.id !== jobId) await promote(job);\n', ''],
    [
      'a sweep replaces the event that is kept',
      'INVARIANT 27',
      'priority: SWEEP_PRIORITY, deduplication: { id: deduplicationId(data) }',
      'priority: SWEEP_PRIORITY, deduplication: { id: deduplicationId(data), keepLastIfActive: true }',
    ],
    [
      'a sweep that found a job already is not told',
      'INVARIANT 27',
      'jobs.filter((_job, at) => added[at]?.id !== asked[at]?.opts.jobId)',
      'jobs.filter((_job, at) => added[at]?.id === asked[at]?.opts.jobId)',
    ],
  ]),
  ...mutantsOf('packages/store/src/check-worker.ts', testsOf('store', 'check-worker'), [
    ['two checks share a fence', 'S-33', '`${slotToken}:${id}:${job.attemptsStarted}`', 'slotToken'],
    [
      'a check whose lock is lost goes on',
      'F-33',
      "    worker.on('lockRenewalFailed', (jobIds) => this.#abort(jobIds, 'the lock of this check is lost'));\n",
      '',
    ],
    ['a check that cannot renew its lock goes on', 'F-33', 'leaseUntilMs < nowMs', 'leaseUntilMs < 0'],
    [
      'closing waits for a running check for ever',
      'INVARIANT 27',
      "this.#abort([...this.#running.keys()], 'the worker is closing')",
      'undefined',
    ],
  ]),
];
