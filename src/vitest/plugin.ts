import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checkStack, type PostgresDefinition, type RedisDefinition, type StackDefinition } from '../databases/stack.js'
import type { Isolation } from '../databases/suite-parts.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { checkEnvironmentMapping, type EnvironmentMapping } from './environment-variables.js'
import { registerProject } from './project-registry.js'
import { addToConfig } from './project-config.js'

/** What every test file of the project gets. */
export interface HotbedOptions {
  readonly postgres?: PostgresDefinition
  readonly redis?: RedisDefinition
  /** See `SuiteOptions.isolation`. @default 'clone' */
  readonly isolation?: Isolation
  /** How long a suite lives: for a test file, or for one test. @default 'file' */
  readonly scope?: 'file' | 'test'
  /**
   * Environment variables set before a test file is imported, since most applications read them while they are imported:
   * `{ DATABASE_URL: 'postgres', REDIS_URL: 'redis' }`. Needs scope 'file'.
   *
   * @default {}
   */
  readonly env?: EnvironmentMapping
  /**
   * `on-failure` leaves the stores of a failed test file up and prints how to look at them and how to end them. Needs isolated test files
   * (not `--no-isolate`). @default 'never'
   */
  readonly keep?: 'never' | 'on-failure'
  /** Prints at the end what was started and how long each step took. @default false */
  readonly summary?: boolean
  /** Clones and Redis servers made ahead. @default one per worker, at most 4 */
  readonly spares?: number
}

const OPTIONS = ['postgres', 'redis', 'isolation', 'scope', 'env', 'keep', 'summary', 'spares']

/** The part of Vite's plugin that is used, so that the types of no Vite version are needed. */
export interface HotbedPlugin {
  readonly name: 'hotbed'
  readonly config: (config: object) => void
}

/**
 * Gives every test file of a vitest project its own Postgres and Redis. One Postgres server per run is started in the main process,
 * shared by all workers, and kept warm in watch mode.
 *
 * @example
 * export default defineConfig({ plugins: [hotbed({ postgres: { migrations: './migrations' }, redis: {} })] })
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function hotbed(options: HotbedOptions): HotbedPlugin {
  if (typeof options !== 'object' || options === null) throw wrongOption('hotbed()', 'an object such as { postgres: {}, redis: {} }', options)
  const { postgres, redis, isolation = 'clone', scope = 'file', env = {}, keep = 'never', summary = false, spares } = options
  checkOptionNames(options, OPTIONS, 'hotbed()')
  const stack: StackDefinition = { postgres, redis }
  checkStack(stack, 'hotbed()')
  if (!['clone', 'server'].includes(isolation)) throw wrongOption('isolation', "'clone' or 'server'", isolation)
  if (!['file', 'test'].includes(scope)) throw wrongOption('scope', "'file' or 'test'", scope)
  if (!['never', 'on-failure'].includes(keep)) throw wrongOption('keep', "'never' or 'on-failure'", keep)
  if (typeof summary !== 'boolean') throw wrongOption('summary', 'true or false', summary)
  if (spares !== undefined && !(Number.isInteger(spares) && spares >= 0)) throw wrongOption('spares', 'a whole number from 0 on', spares)
  checkEnvironmentMapping(env, stack)
  if (scope === 'test' && Object.keys(env).length > 0)
    throw wrongOption('env', "left out with scope 'test', because a test file is imported once", env)
  const project = registerProject({ stack, isolation, scope, env, keep, summary, spares })
  return {
    name: 'hotbed',
    config: (config) =>
      addToConfig(config, { project, globalSetup: ownFile('global-setup'), setupFile: ownFile('setup-file') }),
  }
}

/** A file beside this one, compiled or not. */
function ownFile(name: string): string {
  const compiled = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
  return existsSync(compiled) ? compiled : compiled.replace(/js$/, 'ts')
}
