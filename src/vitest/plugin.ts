import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkClockOptions, type ClockOptions } from '../clock/suite-clock.js'
import { locateStack } from '../databases/locate-stack.js'
import { checkServerClock } from '../databases/movable-clock.js'
import { checkReplicas } from '../databases/replica-options.js'
import { checkStack, type PostgresDefinition, type RedisDefinition, type StackDefinition } from '../databases/stack.js'
import { checkIsolation, type Isolation } from '../databases/suite-parts.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import { checkEnvironmentMapping } from './environment-check.js'
import type { EnvironmentMapping } from './environment-variables.js'
import { registerProject } from './project-registry.js'
import type { WorkerSettings } from './worker-settings.js'
import { addToConfig, type ProjectConfig } from './project-config.js'

export type { EnvironmentMapping, SuiteFact } from './environment-variables.js'
export type { ProjectConfig } from './project-config.js'

/** What every test file of the project gets. */
export interface HotbedOptions {
  readonly postgres?: PostgresDefinition
  readonly redis?: RedisDefinition
  /** With `rollback`, a test file has a database of its own and each test a transaction in it, as `postgres.client`. @default 'clone' */
  readonly isolation?: Isolation
  /** How long a suite lives: for a test file, or for one test. @default 'file', and with isolation 'rollback' always 'test' */
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
  /** Whether a test file fails that leaves transactions open, advisory locks held or rules live. @default true */
  readonly leavesNothingBehind?: boolean
  /** Whether recordings bring plans, where they do not say themselves. @default true */
  readonly plans?: boolean
  /** How the clock of each suite works: whose timers `clock.advance` reaches. */
  readonly clock?: ClockOptions
  /**
   * Whether a plan's expectation that fails for want of an index says which one would help: it is built in a throw-away clone and measured, in at
   * most one second of a test, or `timeoutMs`. @default true
   */
  readonly proveFixes?: boolean | { readonly timeoutMs: number }
  /** Prints at the end what was started and how long each step took. @default false */
  readonly summary?: boolean
  /** Clones and Redis servers made ahead. @default one per worker, at most 4 */
  readonly spares?: number
}

const OPTIONS = [
  'postgres',
  'redis',
  'isolation',
  'scope',
  'env',
  'keep',
  'leavesNothingBehind',
  'plans',
  'clock',
  'proveFixes',
  'summary',
  'spares',
]

/** The part of Vite's plugin that is used, so that the types of no Vite version are needed. */
export interface HotbedPlugin {
  readonly name: 'hotbed'
  readonly config: (config: ProjectConfig) => void
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
  if (typeof options !== 'object' || options === null)
    throw wrongOption('hotbed()', 'an object such as { postgres: {}, redis: {} }', options)
  checkOptionNames(options, OPTIONS, 'hotbed()')
  const {
    postgres,
    redis,
    isolation = 'clone',
    env = {},
    keep = 'never',
    leavesNothingBehind = true,
    plans = true,
    clock,
    proveFixes: givenProveFixes = true,
    summary = false,
    spares,
  } = options
  const { scope = isolation === 'rollback' ? 'test' : 'file' } = options
  const proveFixes = readProveFixes(givenProveFixes)
  const stack: StackDefinition = { postgres, redis }
  checkStack(stack, 'hotbed()')
  checkIsolation(isolation)
  if (!['file', 'test'].includes(scope)) throw wrongOption('scope', "'file' or 'test'", scope)
  if (!['never', 'on-failure'].includes(keep)) throw wrongOption('keep', "'never' or 'on-failure'", keep)
  if (typeof leavesNothingBehind !== 'boolean') throw wrongOption('leavesNothingBehind', 'true or false', leavesNothingBehind)
  if (typeof plans !== 'boolean') throw wrongOption('plans', 'true or false', plans)
  checkClockOptions(clock)
  if (typeof summary !== 'boolean') throw wrongOption('summary', 'true or false', summary)
  if (spares !== undefined) checkWholeNumber('spares', spares, 0)
  checkServerClock(stack, isolation)
  checkReplicas(stack, isolation)
  if (isolation === 'rollback') {
    if (postgres === undefined) throw wrongOption('isolation', "'clone' or 'server' in a stack without postgres", isolation)
    if (scope === 'file') throw wrongOption('scope', "'test' with isolation 'rollback', where each test is a transaction", scope)
    if (keep !== 'never') throw wrongOption('keep', "'never' with isolation 'rollback', which leaves nothing to keep", keep)
  }
  checkEnvironmentMapping(env, stack)
  if (scope === 'test' && Object.keys(env).length > 0)
    throw wrongOption('env', "left out with scope 'test', because a test file is imported once", env)
  if (isolation === 'rollback' && Object.keys(env).length > 0)
    throw wrongOption('env', "left out with isolation 'rollback', which hands out one client and no URL", env)
  return {
    name: 'hotbed',
    config: (config) => {
      const located = locateStack(stack, resolve(config.root ?? '.'))
      const project = registerProject({
        stack: located,
        isolation,
        scope,
        env,
        keep,
        leavesNothingBehind,
        plans,
        clock,
        proveFixes,
        summary,
        spares,
      })
      addToConfig(config, { project, globalSetup: ownFile('global-setup'), setupFile: ownFile('setup-file') })
    },
  }
}

const PROVE_FIXES_MS = 1_000

function readProveFixes(given: unknown): WorkerSettings['proveFixes'] {
  if (given === false) return false
  if (given === true) return { timeoutMs: PROVE_FIXES_MS }
  const timeoutMs: unknown = typeof given === 'object' && given !== null && 'timeoutMs' in given ? given.timeoutMs : undefined
  if (typeof timeoutMs === 'number' && Number.isInteger(timeoutMs) && timeoutMs > 0) return { timeoutMs }
  throw wrongOption('proveFixes', 'true, false or { timeoutMs } with whole milliseconds above 0', given)
}

/** A file beside this one, compiled or not. */
function ownFile(name: string): string {
  const compiled = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
  return existsSync(compiled) ? compiled : compiled.replace(/js$/, 'ts')
}
