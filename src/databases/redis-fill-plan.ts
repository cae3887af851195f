import { HotbedError } from '../primitives/error.js'
import { fingerprint } from '../primitives/fingerprint.js'
import type { RedisDefinition } from './stack.js'
import { resolveDataset, type DatasetKeys, type TemplateDataset } from './template-dataset.js'
import type { TemplatePlan } from './template.js'

/** The keys that a stack's Redis is to be filled with. */
export interface RedisFillPlan {
  readonly keys: DatasetKeys
  readonly fingerprint: string
  /** True when they are made of rows of the template. */
  readonly needsTables: boolean
  /** False when nobody can tell whether the next run's rows would be the same. */
  readonly cacheable: boolean
}

/**
 * Reads which keys a stack asks for: those of `redis.dataset`, else of the dataset of Postgres. Touches no server.
 *
 * @param template of the same stack
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a dataset without keys, or with keys made of rows that the stack does not have
 */
export async function planRedisFill(
  { dataset: given }: RedisDefinition,
  template: TemplatePlan | undefined,
): Promise<RedisFillPlan | undefined> {
  const dataset = given === undefined ? template?.dataset : await resolveDataset(given)
  const keys = dataset?.keys
  if (dataset === undefined || keys === undefined) {
    if (given === undefined) return undefined
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: "Option 'redis.dataset' has no keys for Redis.",
      remedy:
        "Give it some: defineDataset({ redis: [{ key: 'session:{row}', rows: 1000, value: 'x' }] }). Rows of tables go to postgres: { dataset }.",
    })
  }
  const needsTables = await keys.needsTables()
  if (needsTables && (template?.dataset === undefined || !(await areSame(dataset, template.dataset)))) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Keys of 'redis.dataset' are made of rows of its tables, but ${template === undefined ? 'the stack has no postgres' : "'postgres.dataset' is not the same dataset"}.`,
      remedy: 'Give the dataset to Postgres: { postgres: { migrations: …, dataset }, redis: {} }. Redis then takes its keys from there.',
    })
  }
  return {
    keys,
    needsTables,
    cacheable: !needsTables || template?.cacheable === true,
    fingerprint: fingerprint([await keys.fingerprint(), needsTables ? template?.fingerprint : null]),
  }
}

async function areSame(one: TemplateDataset, other: TemplateDataset): Promise<boolean> {
  return one === other || fingerprint(await one.fingerprint()) === fingerprint(await other.fingerprint())
}
