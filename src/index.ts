export { startSuite, type SuiteOptions } from './start-suite.js'
export type { Suite } from './suite.js'
export type { SuiteLoad } from './suite-load.js'
export type { CompareLoadOptions } from './load/compare-load.js'
export type { ComparedLoad, LoadComparison } from './load/load-comparison.js'
export type { FindKneeOptions } from './load/knee/knee-options.js'
export type { Bottleneck, BottleneckKind, KneeReport, KneeStep } from './load/knee/knee-report.js'
export type { QueueGrowth } from './load/knee/queue-growth.js'
export type { LoadOptions, TrafficOptions, WatchOptions } from './load/load-options.js'
export type {
  EventLoopFigures,
  GeneratorFigures,
  LoadCounts,
  LoadedPool,
  LoadErrors,
  LoadModel,
  LoadReport,
  ProcessCpu,
  StoreTraffic,
} from './load/load-report.js'
export type { Rate } from './load/rate.js'
export type { LoadFunction, LoadRequest } from './load/request.js'
export type { HttpRequest, UrlTarget } from './load/target.js'
export type { Latencies } from './primitives/latencies.js'
export type { SuiteApps } from './suite-apps.js'
export type { ReplicatedPostgres, SuitePostgres } from './suite-postgres.js'
export type { SuitePlans } from './plan-verbs/suite-plans.js'
export type { SuiteQueues } from './suite-queues.js'
export type { QuietOptions } from './queues/quiet.js'
export type { OpenJobState } from './queues/open-states.js'
export type { QueueCounts, QueueJob, QueueLibrary, QueueSnapshot, QueueState } from './queues/queue-snapshot.js'
export type { ReplicaLag, SuiteReplica } from './suite-replicas.js'
export type { CaughtUpOptions } from './control/replication.js'
export type { SuiteFaults } from './suite-faults.js'
export type { SuiteRaces } from './suite-races.js'
export type { SuiteRedis } from './suite-redis.js'
export type { SuiteTap } from './suite-tap.js'
export type { PostgresControl, RedisControl, ServerControl } from './suite-control.js'
export type { PostgresRestartOptions, RedisRestartOptions, ServerLimit } from './control/control-server.js'
export { missingCapabilities } from './databases/missing-capabilities.js'
export type { PostgresDefinition, RedisDefinition, StackDefinition } from './databases/stack.js'
export type { DatasetReport, DatasetStudy, DatasetTarget, TemplateDataset, WeighedValues } from './databases/template-dataset.js'
export type { ColumnProjection, TableProjection } from './databases/table-statistics.js'
export type { CommandStep, FunctionStep, TemplateContext, TemplateStep } from './databases/template-step.js'
export type { Isolation, PostgresFacts, RedisArgument, RedisFacts, ReplicaFacts } from './databases/suite-parts.js'
export type { QueryResult } from './databases/sql-client.js'
export type {
  ExternalProvider,
  ExternalRedisProvider,
  LocalProviderName,
  PostgresServerOptions,
  ProviderName,
  ProviderWish,
  RedisServerOptions,
  ServerVersion,
} from './servers/server.js'
export type { ClockAdvance } from './clock/clock-advance.js'
export type { ClockOptions, SuiteClock } from './clock/suite-clock.js'
export type { UntranslatedCommand } from './wire/redis/clock/tap-clock.js'
export type { ExpiryLook, ExpiryProbe } from './clock/expiry-probe.js'
export type { Look, ProbeExpiryOptions } from './clock/probe-expiry.js'
export type { LimitAnswer } from './clock/limit-answer.js'
export type { ProbeRateLimitOptions } from './clock/probe-rate-limit.js'
export type { RateLimitBurst, RateLimitProbe } from './clock/rate-limit-probe.js'
export type { MovedTimers } from './clock/library-timers.js'
export type { NamedKeys, ShiftedExpiries } from './keyspace/shift-expiries.js'
export type { OpenRecording, RecordOptions } from './tap-verbs/record.js'
export type { LeaseScenario } from './scenarios/outlive-lease.js'
export type { LeaseRace, OutlivedLease } from './scenarios/lease-race.js'
export type { ArrivedOptions, InterceptOptions, Rule, RuleMatch } from './tap-verbs/intercept.js'
export { delay, drop, hang, hold, refuse, reply, reset, throttle, truncate, type ErrorAnswer, type HoldOptions } from './wire/actions.js'
export type { RepeatRunOptions } from './scenarios/repeat.js'
export type { Operation, Operations } from './wire/recording/operations.js'
export type { Upstream } from './tap-verbs/start-upstream.js'
export type { HttpAnswer, PlainHttpAnswer } from './wire/http/http-answer.js'
export type { HttpMatch } from './wire/http/http-match.js'
export type { UpstreamHandler, UpstreamOptions, UpstreamRequest, UpstreamRoutes } from './wire/http/upstream-spec.js'
export type { Answer, AnswerValue, GateOutcome, RuleAction, RuleState } from './wire/rule.js'
export type { Match, MatchPredicate, MatchSubject, RedisMatch, SqlMatch } from './wire/match.js'
export type {
  Command,
  CommandReply,
  HttpMessage,
  NestedStatement,
  RecordedClock,
  RecordedConnections,
  RecordedEvent,
  RecordedPool,
  Recording,
  Statement,
  StatementValue,
  UpstreamCall,
} from './wire/recording/recording.js'
export type { LoseAcknowledgementOptions } from './scenarios/lose-acknowledgement.js'
export type { LostAcknowledgement } from './scenarios/lost-acknowledgement.js'
export type { HeldJob } from './queues/return-job.js'
export type { AmbiguousCommitOptions } from './scenarios/ambiguous-commit.js'
export type { AmbiguousCommit, CutRun, EffectCounts } from './scenarios/commit-runs.js'
export type { InvalidationRace } from './scenarios/invalidation-race.js'
export type { StampedeRace } from './scenarios/stampede-race.js'
export type { Effect, EffectValue } from './scenarios/effect.js'
export type { InvalidationScenario } from './scenarios/race-invalidation.js'
export type { StampedeOptions } from './scenarios/stampede.js'
export type { OverlapOptions } from './scenarios/overlap.js'
export type { RaceOptions } from './scenarios/scenario.js'
export type { InvariantCheck, Outcome, Race, RaceGate } from './wire/recording/race.js'
export type {
  ClockJump,
  ConnectionTraffic,
  LogMarks,
  PostgresRole,
  ReplayHold,
  ReplicationTraffic,
  StatementError,
  TransactionStatus,
} from './wire/exchange.js'
export type { Lookup } from './wire/redis/lookups.js'
export type { WatchedPool } from './tap-verbs/watch-pools.js'
export { HotbedError, isHotbedError, type ErrorFacts } from './primitives/error.js'
export { ERROR_CODES, type ErrorCode } from './primitives/error-codes.js'
export type {
  Plan,
  PlanActual,
  PlanBuffers,
  PlanConditions,
  PlanForeignKey,
  PlanIndex,
  PlanNode,
  PlanNodeBuffers,
  PlanRelation,
  PlanScale,
  PlanSchema,
  PlanTable,
} from './plan/plan.js'
export type { ExplainOptions } from './plan/explain.js'
export type { FixProof, ProofPlace, ProvedIndex } from './plan/advise/fix-proof.js'
export type { PlanWork } from './plan/work.js'
export type { AdvisedIndex, IndexAdvice, StatementGain } from './plan/advise/index-advice.js'
export type { AdviseIndexesOptions } from './plan-verbs/advise-indexes.js'
export type { IndexCandidate } from './plan/advise/index-candidate.js'
export type { IndexTrial } from './plan/advise/trial.js'
export type { ProveFixOptions } from './plan-verbs/prove-fix.js'
export type { CompiledStatement, ExplainableStatement } from './plan/statement.js'
export type { ImportedStatistics } from './plan-verbs/import-statistics.js'
export type { FittedTable, Unfitted } from './plan/statistics-dump/fit-dump.js'
export type { ImportedExplainOptions } from './plan/statistics-dump/import-statistics.js'
export type { DumpedColumn, DumpedTable, StatisticsDump } from './plan/statistics-dump/statistics-dump.js'
export type { ColumnStatistics, IndexStatistics } from './databases/table-statistics.js'
export type { InspectSchemaOptions } from './plan-verbs/inspect-schema.js'
export type { InspectedTable, SchemaFinding, SchemaFindingId, SchemaInspection, TableBloat } from './schema-check/schema-inspection.js'
export type { CacheComparison, CacheEntry, CacheEntryState } from './keyspace/cache-comparison.js'
export type { CachedValue } from './keyspace/cached-value.js'
export type { CacheLoader, CompareCacheOptions } from './keyspace/compare-cache.js'
export type { Difference } from './keyspace/first-difference.js'
export type { InspectOptions } from './keyspace/inspect.js'
export type { KeyspaceKey, KeyspaceSnapshot } from './keyspace/keyspace-snapshot.js'
export type { MeasureMemoryOptions } from './keyspace/measure-memory.js'
export type { MeasuredPattern, MemoryMeasurement, MemoryState } from './keyspace/memory-measurement.js'
export type { ParameterSets } from './plan/parameter-sets.js'
export type { StabilityOptions } from './plan/stability/compare-plans.js'
export type { PlanStability, PlanSwitch, StabilitySet, SwitchSeries } from './plan/stability/plan-stability.js'
export { measureGrowth, type GrowthScenario } from './plan-verbs/measure-growth.js'
export type { GrowthLaw, PowerFit } from './plan/growth/fit.js'
export type { GrowthPoint, MeasureFit, WorkCounts, WorkDone, WorkGrowth, WorkMeasure } from './plan/growth/work-growth.js'
export type { ColumnRule } from './plan/projection/project-column.js'
export type { ScaleOptions } from './plan/projection/explain-at-scale.js'
export type { PlanGrowthOptions } from './plan/growth/grow-plans.js'
export type {
  FlipConfirmation,
  FlipCosts,
  PlanFlip,
  PlanGrowth,
  PlanGrowthSet,
  PlanPoint,
  PlanTie,
  TableRows,
} from './plan/growth/plan-growth.js'
export type { GrowthRange } from './plan/growth/size-ladder.js'
export type { Exploration, ExplorationFailureReason, ExploredFailure } from './wire/recording/exploration.js'
export type { ExploreOptions } from './scenarios/explore/explore.js'
export type { Invariant, InvariantValue } from './scenarios/look-at-invariant.js'
export type { Outage, OutageRecordOptions, OutageState } from './faults/outage.js'
export type { OutageOptions } from './faults/outage-options.js'
export type { OutcomeOptions } from './faults/record-outcomes.js'
export type { OutageMode } from './wire/outage.js'
export type { OutageFacts, OutageRun } from './wire/recording/outage-run.js'
export type { OutcomeEvidence, TimedOutcome } from './wire/recording/outcome-evidence.js'
export type { App, AppInstance } from './apps/app.js'
export type { AppCommand } from './apps/app-command.js'
export type { StartAppOptions } from './apps/start-app.js'
export type { ComparedRequest, CompareInstancesOptions } from './apps/compare-instances.js'
export type { AnswerDifference, ComparedAnswers, InstanceAnswer, InstanceComparison } from './apps/instance-comparison.js'
export type { MeasuredTimes, Metrics } from './metrics/metrics.js'
export { readMetrics, type ReadMetricsOptions } from './metrics/read-metrics.js'
export { formatOpenMetrics, type OpenMetricsOptions } from './metrics/format-open-metrics.js'
export { exportSpans, type ExportSpansOptions, type ExportedTrace } from './metrics/export-spans.js'
export type { ExportedSpan, SpanTime, SpanTracer, SpanTracerProvider } from './metrics/span-tracer.js'
export type { HoldAndWaitOptions } from './faults/hold-and-wait.js'
export type { RecoverOptions } from './faults/recover.js'
export type { HoldAndWait, HoldAndWaitFacts, PoolDeadlock } from './wire/recording/hold-and-wait.js'
export type { Recovery, RecoveryFacts } from './wire/recording/recovery.js'
