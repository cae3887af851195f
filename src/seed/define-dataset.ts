import type { FingerprintPart } from '../primitives/fingerprint.js'
import type { DatasetReport, TemplateDataset } from '../databases/template-dataset.js'
import type { DatasetDefinition, TableTypes } from './dataset.js'
import { readDataset, type DatasetContent } from './dataset-content.js'
import { grow } from './grow.js'
import { seed, type SeededDatabase } from './load.js'
import { studyDataset } from './study-dataset.js'
import { keysOf } from './redis/keys-of.js'

/** Which rows a database is to have, and which keys a Redis. Immutable. Goes into a stack as `postgres: { dataset }`, or to `seed`. */
export interface Dataset extends DatasetContent, TemplateDataset {
  /** Everything that decides the rows of its tables: two datasets with the same have the same. Samples the pools. */
  readonly fingerprint: () => Promise<FingerprintPart>
}

/**
 * Says which rows a database is to have: per table a count and, for columns that should not be inferred, generators; and which keys a Redis.
 *
 * @example
 * export const dataset = defineDataset({
 *   tables: { users: 100_000, orders: { rows: 1_000_000, columns: { user_id: foreignKey('users', { distribution: { zipf: 1 } }) } } },
 * })
 *
 * @typeParam Tables row types by table name: columns and what their generators make are then checked while compiling
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an unknown option or a wrong value; `ERR_HOTBED_DATASET` for a count that is none
 */
export function defineDataset<Tables extends object = TableTypes>(definition: DatasetDefinition<NoInfer<Tables>>): Dataset {
  const content = readDataset(definition as unknown as DatasetDefinition)
  return Object.freeze({
    ...content,
    fingerprint: async () => (await content.prepare()).fingerprintPart,
    load: async (target) => withoutDataset(await seed(target, content)),
    grow: async (target, rows) => withoutDataset(await grow(target, content, rows)),
    study: (target) => studyDataset(target, content),
    ...(content.redis.length === 0 ? {} : { keys: keysOf(content) }),
  } satisfies Dataset)
}

/** Plain data: it travels between processes. */
function withoutDataset({ tables, rows, bytes, seconds, notes }: SeededDatabase): DatasetReport {
  return { tables, rows, bytes, seconds, notes }
}
