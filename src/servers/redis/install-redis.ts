import { resolveCacheDirectory } from '../../primitives/cache-directory.js'
import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import { readEnvironment } from '../../primitives/environment.js'
import { findRedisBinary, requireRedisBinary } from './find-redis.js'
import type { RedisSearchContext } from './redis-places.js'
import { aptStep } from './install/apt.js'
import { packageManagerSteps } from './install/package-managers.js'
import { redisMemoryServerStep } from './install/redis-memory-server.js'
import type { InstallStep } from './install/step.js'
import type { RedisBinary } from './redis-binary.js'
import { monotonicMs } from '../../primitives/real-time.js'

export interface InstallOptions extends RedisSearchContext {
  /** Called when a step begins (`started`) and when it has ended. Not called when there is nothing to do. */
  readonly onStep?: ((step: InstallRecord) => void) | undefined
  /** Looked at before each step. */
  readonly signal?: AbortSignal | undefined
}

/** What one step came to. */
export interface InstallRecord {
  readonly name: string
  readonly state: 'started' | 'skipped' | 'failed' | 'done'
  /** What was done, or why not. */
  readonly detail: string
  readonly durationMs: number
}

export interface InstallOutcome {
  readonly binary: RedisBinary
  /** Empty when a binary was there already. */
  readonly steps: readonly InstallRecord[]
}

const STEPS: readonly InstallStep[] = [aptStep, ...packageManagerSteps, redisMemoryServerStep]

/**
 * Gets a Redis binary where there is none, in the first way that works. Nothing is done when one is found.
 *
 * @throws {HotbedError} `ERR_HOTBED_REDIS_INSTALL` with what each way came to; `ERR_HOTBED_REDIS_NOT_FOUND` when `HOTBED_REDIS_BINARY` names something else
 */
export async function installRedis(options: InstallOptions = {}): Promise<InstallOutcome> {
  const { onStep, signal, variables = process.env, projectDirectory = process.cwd() } = options
  const context = {
    ...options,
    variables,
    projectDirectory,
    cacheDirectory: options.cacheDirectory ?? resolveCacheDirectory(variables),
  }
  // A place named on purpose is not made up for by another one.
  if (readEnvironment(variables).redisBinary !== undefined) return { binary: await requireRedisBinary({}, context), steps: [] }
  const { chosen } = await findRedisBinary({}, context)
  if (chosen !== undefined) return { binary: chosen, steps: [] }

  const steps: InstallRecord[] = []
  const note = (record: InstallRecord): void => {
    if (record.state !== 'started') steps.push(record)
    onStep?.(record)
  }
  for (const { name, obstacle, run } of STEPS) {
    signal?.throwIfAborted()
    const reason = obstacle(context)
    if (reason !== undefined) {
      note({ name, state: 'skipped', detail: reason, durationMs: 0 })
      continue
    }
    const start = monotonicMs()
    note({ name, state: 'started', detail: '', durationMs: 0 })
    try {
      const detail = await run(context)
      const { chosen: binary } = await findRedisBinary({}, context)
      if (binary === undefined) throw new Error(`${detail}, but there is still no program that runs`)
      note({ name, state: 'done', detail, durationMs: monotonicMs() - start })
      return { binary, steps }
    } catch (error) {
      note({
        name,
        state: 'failed',
        detail: errorFields(error).message,
        durationMs: monotonicMs() - start,
      })
    }
  }
  throw new HotbedError('ERR_HOTBED_REDIS_INSTALL', {
    message: `Redis could not be installed:\n${steps.map((step) => `    ${step.name}: ${step.detail.replaceAll('\n', '\n      ')}`).join('\n')}`,
    remedy: 'Install redis-server or valkey-server by hand, then put it on the PATH or name it in HOTBED_REDIS_BINARY.',
  })
}
