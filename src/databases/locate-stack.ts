import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { HotbedError } from '../primitives/error.js'
import { isModulePath } from '../servers/redis/modules/capabilities.js'
import { templateSteps, type PostgresDefinition, type RedisDefinition, type StackDefinition } from './stack.js'
import type { TemplateStep } from './template-step.js'

/**
 * The stack with all its paths made absolute: they are written from `directory`, the folder of the config that names them.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a file or folder that is not there
 */
export function locateStack(stack: StackDefinition, directory: string): StackDefinition {
  const { postgres, redis } = stack
  return {
    ...(postgres === undefined ? {} : { postgres: locatePostgres(postgres, directory) }),
    ...(redis === undefined ? {} : { redis: locateRedis(redis, directory) }),
  }
}

function locatePostgres(postgres: PostgresDefinition, directory: string): PostgresDefinition {
  const { binaries, migrations, seed, dataset } = postgres
  const locate = (option: string, steps: typeof migrations): readonly TemplateStep[] =>
    templateSteps(steps).map((step) => locateStep(option, step, directory))
  return {
    ...postgres,
    ...(binaries === undefined ? {} : { binaries: resolve(directory, binaries) }),
    ...(migrations === undefined ? {} : { migrations: locate('postgres.migrations', migrations) }),
    ...(seed === undefined ? {} : { seed: locate('postgres.seed', seed) }),
    ...(typeof dataset === 'string' ? { dataset: existing('postgres.dataset', dataset, directory) } : {}),
  }
}

function locateRedis(redis: RedisDefinition, directory: string): RedisDefinition {
  const { binary, modules, dataset } = redis
  return {
    ...redis,
    ...(binary === undefined ? {} : { binary: resolve(directory, binary) }),
    ...(modules === undefined ? {} : { modules: modules.map((module) => (isModulePath(module) ? resolve(directory, module) : module)) }),
    ...(typeof dataset === 'string' ? { dataset: existing('redis.dataset', dataset, directory) } : {}),
  }
}

function locateStep(option: string, step: TemplateStep, directory: string): TemplateStep {
  if (typeof step === 'string') return existing(option, step, directory)
  return { ...step, cwd: existing(`${option}.cwd`, step.cwd ?? '.', directory) }
}

function existing(option: string, path: string, directory: string): string {
  const full = resolve(directory, path)
  if (existsSync(full)) return full
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${option}' names '${path}', but there is no such file or folder${isAbsolute(path) ? '' : ` (looked at ${full})`}.`,
    remedy: 'Paths are relative to the folder of the config, and with startSuite() to the working directory.',
  })
}
