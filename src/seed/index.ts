export { defineDataset, type Dataset } from './define-dataset.js'
export type { DatasetContent, PreparedDataset } from './dataset-content.js'
export type { DatasetDefinition, DatasetTables, Made, TableDataset, TableTypes } from './dataset.js'
export { seed, type LoadOptions, type SeededDatabase, type SeedOptions } from './load.js'
export type { LoadedShard, Shard } from './shards/shard.js'
export { grow } from './grow.js'
export { planSeed } from './plan-seed.js'
export type { LoadPlan, PlannedTable } from './plan-dataset.js'
export type { LoadedTable, LoadProgress, LoadReport } from './load-report.js'
export type { LoadTarget } from './load-session.js'
export type { StatisticsMode } from './statistics.js'
export type { BoundColumn, BoundDataset, BoundTable } from './bind-dataset.js'
export type { Bound, ColumnContext, Draws, Generator, PrepareContext } from './generator.js'
export type {
  CheckSchema,
  ColumnSchema,
  DatabaseSchema,
  ForeignKeySchema,
  IndexSchema,
  KeySchema,
  SequenceSchema,
  TableSchema,
  TriggerSchema,
  TypeSchema,
} from './schema.js'
export type {
  DatasetKeys,
  DatasetKeysOptions,
  DatasetReport,
  DatasetStudy,
  DatasetTarget,
  TemplateDataset,
  WeighedValues,
} from '../databases/template-dataset.js'
export type { ColumnProjection, TableProjection } from '../databases/table-statistics.js'
export type { FingerprintPart } from '../primitives/fingerprint.js'
export { array, type ArrayLength } from './generators/array.js'
export { compositeUnique, type KeyDomain, type ValueOfDomain } from './generators/composite-unique.js'
export { derived, type RowContext } from './generators/derived.js'
export { each } from './generators/each.js'
export { compositeForeignKey, foreignKey, type ForeignKeyOptions } from './generators/foreign-key.js'
export type { PerParent } from './generators/child-counts.js'
export { growth, type GrowthOptions } from './generators/growth.js'
export { json, type JsonShape } from './generators/json.js'
export type { Moment } from './generators/moment.js'
export { lognormal, normal, type CurveOptions, type LognormalOptions, type NormalOptions } from './generators/normal.js'
export { nullable } from './generators/nullable.js'
export { constant, oneOf, weighted, type Weights } from './generators/one-of.js'
export { poisson } from './generators/poisson.js'
export { pool } from './generators/pool.js'
export { sequence, type SequenceOptions } from './generators/sequence.js'
export { sql } from './generators/sql.js'
export { text, words, type TextOptions } from './generators/text.js'
export { uniform, uniformFloat, uniformTime, type UniformOptions } from './generators/uniform.js'
export { uniqueEmail, uniqueNumber, uniqueText, type UniqueTextOptions } from './generators/unique.js'
export { uuid, type UuidOptions } from './generators/uuid.js'
export { zipf, type ZipfOptions } from './generators/zipf.js'
export { cacheOf, type CachedRow, type CacheEntries, type CacheOptions } from './redis/cache-of.js'
export type { RedisContent, RedisEntries, RowSource } from './redis/entries.js'
export { loadRedis, type RedisLoadOptions, type RedisLoadReport } from './redis/load-redis.js'
export type { RedisTarget } from './redis/redis-link.js'
export type { RedisScalar, RedisValue } from './redis/redis-value.js'
