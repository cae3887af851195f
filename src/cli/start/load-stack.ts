import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { locateStack } from '../../databases/locate-stack.js'
import { checkStack, type StackDefinition } from '../../databases/stack.js'
import type { SuiteFacts } from '../../databases/suite-parts.js'
import { HotbedError } from '../../primitives/error.js'
import { mapEnvironment, type EnvironmentMapping } from '../../vitest/environment-variables.js'
import { importModule } from './import-module.js'
import { findPluginSettings, loadViteConfig } from './vite-config.js'

/** Where the stack is to come from. */
export interface StackFlags {
  readonly config?: string
  readonly postgres?: true
  readonly redis?: true
  readonly migrations?: readonly string[]
}

export interface LoadedStack {
  readonly stack: StackDefinition
  /** Where it comes from, for people. */
  readonly origin: string
  /** What an env file says of a suite. */
  readonly variables: (facts: SuiteFacts) => Readonly<Record<string, string>>
}

export const OWN_CONFIGS: readonly string[] = ['hotbed.config.ts', 'hotbed.config.mts', 'hotbed.config.js', 'hotbed.config.mjs']
export const VITE_CONFIGS: readonly string[] = ['vitest.config', 'vite.config'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((end) => `${name}.${end}`),
)

/** @throws {HotbedError} `ERR_HOTBED_OPTION` when a file that was named has no stack, or a wrong one */
export async function loadStack(flags: StackFlags): Promise<LoadedStack> {
  const { config, postgres, redis, migrations } = flags
  if (config !== undefined) return requireStack(config)
  if (postgres === true || redis === true || migrations !== undefined) return fromFlags(flags)
  const own = OWN_CONFIGS.find((name) => existsSync(name))
  if (own !== undefined) return requireStack(own)
  for (const name of VITE_CONFIGS.filter((candidate) => existsSync(candidate))) {
    const found = await readStack(name)
    if (found !== undefined) return found
  }
  return describe({ postgres: {}, redis: {} }, { origin: 'an empty Postgres and a Redis, because no config has a stack' })
}

function fromFlags({ postgres, redis, migrations }: StackFlags): LoadedStack {
  const onlyRedis = redis === true && postgres !== true && migrations === undefined
  const onlyPostgres = postgres === true && redis !== true
  return describe(
    {
      ...(onlyRedis ? {} : { postgres: migrations === undefined ? {} : { migrations } }),
      ...(onlyPostgres ? {} : { redis: {} }),
    },
    { origin: 'options of this command' },
  )
}

async function requireStack(file: string): Promise<LoadedStack> {
  if (!existsSync(file)) throw new HotbedError('ERR_HOTBED_OPTION', { message: `--config names ${resolve(file)}, which does not exist.` })
  const found = await readStack(file)
  if (found !== undefined) return found
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${file} exports no stack, and no hotbed() is among its plugins.`,
    remedy: `Export one: export const stack = { postgres: { migrations: './migrations' }, redis: {} }`,
  })
}

/** The stack of a file, or `undefined` when there is none in it. */
async function readStack(file: string): Promise<LoadedStack | undefined> {
  const content = VITE_CONFIGS.includes(basename(file)) ? await loadViteConfig(file) : await importModule(file)
  const settings = await findPluginSettings(content, file)
  if (settings !== undefined) return describe(settings.stack, { origin: `plugin hotbed() in ${file}`, env: settings.env })
  if (VITE_CONFIGS.includes(basename(file)) || typeof content !== 'object' || content === null) return undefined
  // Checked by `describe`: until then it is what the user says it is.
  return describe(content, { origin: file, directory: dirname(resolve(file)) })
}

interface StackOrigin {
  readonly origin: string
  readonly env?: EnvironmentMapping
  /** Paths in the stack are from here. */
  readonly directory?: string
}

function describe(stack: StackDefinition, { origin, env = {}, directory = process.cwd() }: StackOrigin): LoadedStack {
  checkStack(stack)
  const located = locateStack(stack, directory)
  const mapping: EnvironmentMapping =
    Object.keys(env).length > 0
      ? env
      : {
          ...(stack.postgres === undefined ? {} : { DATABASE_URL: 'postgres' }),
          ...(stack.redis === undefined ? {} : { REDIS_URL: 'redis' }),
        }
  return { stack: located, origin, variables: (facts) => mapEnvironment(mapping, facts) }
}
