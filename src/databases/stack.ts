import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { refuseUnfit } from '../servers/postgres/extensions/unfit.js'
import { checkModuleNames } from '../servers/redis/modules/capabilities.js'
import type { PostgresServerWish, ProviderWish, RedisServerWish } from '../servers/server.js'
import { checkContainer } from './check-container.js'
import { checkExternalProvider, refuseBesideUrl } from './check-external.js'
import { checkReplicaCount } from './replica-options.js'
import { checkTemplateDataset, type TemplateDataset } from './template-dataset.js'
import { checkTemplateStep, type TemplateStep } from './template-step.js'

/** What a suite needs of Postgres. */
export interface PostgresDefinition extends PostgresServerWish {
  /** Name of the suites' databases, a number is appended. @default 'suite' */
  readonly database?: string
  /** Extensions created in the template, by the superuser. With `provider` and `version` left open, they decide which Postgres is taken. */
  readonly extensions?: readonly string[]
  /** Bring the empty template to the application's schema: one source, or several in order. */
  readonly migrations?: TemplateStep | readonly TemplateStep[]
  /** Fill the template, after the migrations: one source, or several in order. */
  readonly seed?: TemplateStep | readonly TemplateStep[]
  /**
   * Rows by the hundred thousand, after `seed`: what `defineDataset` of `hotbed/seed` returns, or the path of a module that exports it as
   * `dataset` or by default.
   */
  readonly dataset?: TemplateDataset | string
  /**
   * So many streaming standbys, from 1 to 5, each with a URL of its own. Needs `isolation: 'server'`. @default none
   */
  readonly replicas?: number
}

/** What a suite needs of Redis. */
export interface RedisDefinition extends RedisServerWish {
  /**
   * Keys that each suite starts with: a dataset of `hotbed/seed` that has `redis`, or the path of a module that exports it as `dataset` or by
   * default. @default the dataset of `postgres`, if that has keys
   */
  readonly dataset?: TemplateDataset | string
}

/** What a suite needs. A store that is left out is not started. */
export interface StackDefinition {
  readonly postgres?: PostgresDefinition | undefined
  readonly redis?: RedisDefinition | undefined
}

const STACK_OPTIONS = ['postgres', 'redis']
const POSTGRES_OPTIONS = [
  'provider',
  'image',
  'version',
  'binaries',
  'settings',
  'locale',
  'database',
  'extensions',
  'migrations',
  'seed',
  'dataset',
  'clock',
  'replicas',
]
const REDIS_OPTIONS = ['provider', 'image', 'binary', 'maxmemory', 'policy', 'config', 'modules', 'dataset']
const PROVIDERS = ['embedded', 'system', 'container']
/** PostgreSQL cuts names at 63 bytes (NAMEDATALEN - 1); the rest is for our number. */
const MAX_DATABASE_BYTES = 50
/** On a shared server the run's name is in it, too. */
const MAX_SHARED_BYTES = 24

/**
 * Checks a stack before any work is done. Names the option that is unknown (and the nearest known one) or wrong.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_POSTGRES_EXTENSION` for an extension that no template can have
 */
export function checkStack(stack: StackDefinition, where = 'The stack'): void {
  if (typeof stack !== 'object' || stack === null) throw wrongOption(where, 'an object such as { postgres: {}, redis: {} }', stack)
  checkOptionNames(stack, STACK_OPTIONS, where)
  if (stack.postgres === undefined && stack.redis === undefined) throw wrongOption(where, 'a stack with postgres, redis or both', stack)
  if (stack.postgres !== undefined) checkPostgres(stack.postgres)
  if (stack.redis !== undefined) checkRedis(stack.redis)
}

function checkPostgres(postgres: PostgresDefinition): void {
  checkObject('postgres', postgres)
  checkOptionNames(postgres, POSTGRES_OPTIONS, 'postgres')
  checkProvider('postgres', postgres.provider)
  refuseBesideUrl('postgres', postgres, ['image', 'binaries', 'locale', 'clock', 'replicas'])
  checkContainer('postgres', postgres, ['binaries', 'clock', 'replicas'])
  if (postgres.version !== undefined && !(Number.isInteger(postgres.version) && postgres.version >= 13)) {
    throw wrongOption('postgres.version', 'a major version from 13 on, such as 17', postgres.version)
  }
  if (postgres.locale !== undefined && !/^[A-Za-z][\w@.-]*$/.test(postgres.locale)) {
    throw wrongOption('postgres.locale', "a locale such as 'en_US', 'de_DE' or 'C'", postgres.locale)
  }
  const { database } = postgres
  const maxBytes = typeof postgres.provider === 'object' ? MAX_SHARED_BYTES : MAX_DATABASE_BYTES
  if (
    database !== undefined &&
    (typeof database !== 'string' || database === '' || /[\0?#]/.test(database) || Buffer.byteLength(database) > maxBytes)
  ) {
    throw wrongOption(
      'postgres.database',
      `a name of 1 to ${maxBytes} bytes without NUL, '?' and '#', which URLs cannot carry to every client`,
      database,
    )
  }
  if (postgres.clock !== undefined && postgres.clock !== 'movable')
    throw wrongOption('postgres.clock', "'movable' or left out", postgres.clock)
  checkSettings('postgres.settings', postgres.settings)
  checkReplicaCount(postgres)
  checkNames('postgres.extensions', postgres.extensions)
  refuseUnfit(postgres.extensions)
  for (const step of templateSteps(postgres.migrations)) checkTemplateStep('postgres.migrations', step)
  for (const step of templateSteps(postgres.seed)) checkTemplateStep('postgres.seed', step)
  if (postgres.dataset !== undefined) checkTemplateDataset('postgres.dataset', postgres.dataset)
}

function checkRedis(redis: RedisDefinition): void {
  checkObject('redis', redis)
  checkOptionNames(redis, REDIS_OPTIONS, 'redis')
  checkProvider('redis', redis.provider)
  refuseBesideUrl('redis', redis, ['image', 'binary', 'maxmemory', 'policy', 'config', 'modules'])
  checkContainer('redis', redis, ['binary'])
  checkSettings('redis.config', redis.config)
  checkNames('redis.modules', redis.modules)
  checkModuleNames('redis.modules', redis.modules)
  if (redis.dataset !== undefined) checkTemplateDataset('redis.dataset', redis.dataset)
}

function checkProvider(store: string, provider: ProviderWish | undefined): void {
  if (typeof provider === 'object' && provider !== null) return checkExternalProvider(store, provider)
  if (provider !== undefined && !PROVIDERS.includes(provider)) {
    throw wrongOption(`${store}.provider`, `${PROVIDERS.map((name) => `'${name}'`).join(', ')} or { url: '…' }`, provider)
  }
}

function checkObject(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongOption(option, 'an object with options, such as {}', value)
}

function checkSettings(option: string, settings: Readonly<Record<string, unknown>> | undefined): void {
  if (settings !== undefined) checkObject(option, settings)
  for (const [name, value] of Object.entries(settings ?? {})) {
    if (!['string', 'number', 'boolean'].includes(typeof value))
      throw wrongOption(`${option}.${name}`, 'a string, number or boolean', value)
  }
}

function checkNames(option: string, names: readonly string[] | undefined): void {
  if (names === undefined) return
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string' || name === '')) {
    throw wrongOption(option, 'a list of names', names)
  }
}

/** One source or several, as a list. */
export function templateSteps(steps: TemplateStep | readonly TemplateStep[] | undefined): readonly TemplateStep[] {
  if (steps === undefined) return []
  return isList(steps) ? steps : [steps]
}

function isList(steps: TemplateStep | readonly TemplateStep[]): steps is readonly TemplateStep[] {
  return Array.isArray(steps)
}
