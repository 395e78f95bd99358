export {
  ALL_BUCKETS,
  BUCKETS,
  KEY_PATTERNS,
  QUEUE_PREFIX,
  accountKeys,
  bucketKeys,
  bucketOf,
  budgetKeys,
  fleetKeys,
  type AccountKeys,
  type BucketKeys,
} from './keys.ts';
export { connectReader } from './queue-connection.ts';
export { connectRedis, runScript } from './redis.ts';
export { fromMember, fromSlot, slotOf, toMember, type MonitorRef } from './monitor-ref.ts';

export { getPlans, listActive, putPlans, type NewPlan, type PutPlansResult, type TakenSlot } from './plans.ts';
export { glance, type Glance } from './glance.ts';
export { peekCheck, readCheck, type CheckRead, type Row } from './read-check.ts';
export { KEEP_CLOSED_MS, lastDecisions, recordCheck, touchChecked, type CheckRecord } from './record-check.ts';
export {
  conditionChanges,
  decisionId,
  fromStoredDecision,
  toStoredDecision,
  type DecisionInputs,
  type DecisionSummary,
  type RecordedDecision,
  type RowVersion,
} from './decisions/decision-record.ts';
export { describeAction } from './decisions/describe-action.ts';
export { policyVersion } from './decisions/policy-version.ts';
export { replayDecision, type Replay } from './decisions/replay-decision.ts';
export {
  CHECK_LEASE_MS,
  countDue,
  oldestChecked,
  openRound,
  setDueBare,
  setDueFirst,
  setDueNow,
  setDueWithin,
  takeDue,
  type OldestChecked,
} from './due.ts';
export {
  abandonFlight,
  beginFlight,
  cancelFlight,
  endFlight,
  type FlightRequest,
  type FlightScope,
  type FlightStart,
} from './flights.ts';
export {
  AUDITED_ORDERS_TTL_MS,
  AUDITED_POSITIONS_TTL_MS,
  LISTING_LAG_MS,
  ORDERS_TTL_MS,
  POSITIONS_TTL_MS,
  landAccount,
  landAudit,
  landPositions,
  landSymbol,
  type DriftCandidate,
  type Landed,
  type Landing,
  type Place,
} from './landings.ts';
export { loadFrameScripts, patchRows, type Patched, type StreamedRows } from './patch-rows.ts';
export { type Waiter } from './waiter.ts';
export { LOOKUP_TTL_MS, getLookup, putLookup, type LookupAnswer } from './lookups.ts';
export { evictExpired, flushCache, type Evicted } from './cache.ts';
export { cacheStats, hitRate, type CacheCounts, type CacheKind } from './cache-stats.ts';
export { type Awaits } from './awaits.ts';
export {
  closeIntents,
  openIntents,
  type Intent,
  type IntentClosing,
  type IntentReply,
  type IntentRequest,
} from './intents.ts';
export {
  applyExecutions,
  executionCursor,
  replayExecutions,
  type AppliedExecution,
  type ApplyResult,
  type ExecutionBatch,
  type ExecutionPart,
} from './executions.ts';
export { getInstruments, getPrices, putInstruments, putPrices } from './prices.ts';
export {
  dropDecisions,
  outboxNonce,
  outboxSize,
  readOutbox,
  trimOutbox,
  type DecisionRecord,
  type EventRecord,
  type ExecutionRecord,
  type OutboxEntry,
  type OutboxType,
  type PlannedRecord,
  type StateRecord,
} from './outbox.ts';
export {
  BUDGET_BLOCKS,
  blockBudget,
  correctBudget,
  countFromNow,
  hasPlenty,
  takeBudget,
  waitForBudget,
  type BudgetAnswer,
  type BudgetBlock,
  type BudgetGrant,
  type BudgetRequest,
  type BudgetScope,
} from './budget.ts';
export { renewBudget } from './budget-renewal.ts';
export { SOCKET_LIMIT, takeSocket, waitForSocket, type SocketWait } from './wait-for-socket.ts';
export {
  STREAM_LEASE_MS,
  endStreamBeat,
  holdStreams,
  releaseStreams,
  streamBeat,
  streamHolder,
  type StreamClaim,
  type StreamHold,
} from './stream-leases.ts';
export { streamShare } from './stream-share.ts';
export { streamState, type StreamState } from './stream-state.ts';
export {
  endSession,
  isListedUnder,
  markSynced,
  openSession,
  readStreams,
  type StreamPicture,
} from './stream-sessions.ts';
export { ADDRESS_LIMIT, ADDRESS_WINDOW_MS, CLASS_LIMITS, largestCost } from './budget-table.ts';
export { CHECK_LIMIT_MS, CHECK_WORKER_OPTIONS, type CheckCause, type CheckJob } from './check-job.ts';
export {
  checkWorker,
  type CheckProcessor,
  type CheckRun,
  type CheckWorker,
  type CheckWorkerOptions,
} from './check-worker.ts';
export {
  type FoundBalances,
  type FoundDecision,
  type KnownPlans,
  type MaintenanceCommand,
} from './maintenance-command.ts';
export { maintenanceWorker, type MaintenanceProcessor, type MaintenanceWorker } from './maintenance-worker.ts';
export { openQueues, type QueueDepth, type Queues, type Urgency } from './queues.ts';
export {
  openArchive,
  type Archive,
  type ArchiveCounts,
  type ArchiveLocation,
  type ArchivedEvent,
} from './archive/archive.ts';
export { type Drained } from './archive/drain-outbox.ts';
export { OUTBOX_LIMIT_BYTES, shedDecisions } from './archive/shed-decisions.ts';
export {
  beat,
  forgetProcesses,
  installation,
  keepInstallation,
  listAccounts,
  listProcesses,
  peekInstallation,
  setAccounts,
  type ProcessBeat,
  type ProcessSeen,
} from './fleet.ts';
export {
  LONGEST_ROUND_MS,
  listRounds,
  peekRound,
  tryCloseRound,
  tryOpenRound,
  type Round,
  type RoundClosing,
} from './rounds.ts';
export { forgetOrphan, listOrphans, noteOrphans, type Orphan } from './orphans.ts';
export { listUnattended, noteUnattended, type Unattended, type UnattendedList } from './unattended.ts';
export { redisTimeMs } from './redis.ts';
export type { Redis } from 'ioredis';
export { toSnapshot } from './to-snapshot.ts';
export {
  memoriesOf,
  readMonitor,
  readMonitors,
  type MonitorCondition,
  type MonitorPicture,
} from './monitor-picture.ts';
export { noteKeyRefusal, pauseWrites, type KeyRefusal } from './key-refusals.ts';
export { readAccountRows, type AccountRows, type SlotRows } from './account-rows.ts';
export { accountConditions, type AccountCondition } from './diagnosis/account-conditions.ts';
export { type Anomaly } from './diagnosis/anomaly.ts';
export { differences, type Difference } from './diagnosis/differences.ts';
export { findAnomalies, NO_LETTERS, type AccountFacts } from './diagnosis/find-anomalies.ts';
export { outlook, type Outlook, type WantedAction } from './diagnosis/outlook.ts';
export { type ConditionLevel } from './diagnosis/condition-levels.ts';
export { monitorReport, type LegReport, type MonitorReport } from './diagnosis/monitor-report.ts';
export { readAccountFacts } from './account-facts.ts';
export {
  readAccounts,
  skewCounter,
  SKEW_TOLD_MS,
  tallyProtection,
  type AccountPicture,
  type ProtectionTally,
} from './account-picture.ts';
export { cachedRows, type CachedRows } from './cached-rows.ts';
export { acceptPlans } from './accept-plans.ts';
export { openBoardQueues, type BoardQueues } from './board-queues.ts';
