import { resolveCacheDirectory } from '../../../primitives/cache-directory.js'
import { openEngine } from '../../container/engine.js'
import { requireContainerImage } from '../../container/image.js'
import { sweepOnce } from '../../container/sweep.js'
import type { RedisContainerOptions } from '../../server.js'
import { checkImageModule, readRedisSettings } from '../redis-config.js'
import { makeRedisContainer, type RedisBoot } from './launch.js'
import { probeRedisImage } from './probe-image.js'
import { openRedisContainer, type ContainerRedisServer } from './running-server.js'

export interface RedisContainerStart {
  /** The directory of the run that it belongs to. */
  readonly run: string
  /** @default resolveCacheDirectory() */
  readonly cacheDirectory?: string | undefined
  /** For the server to answer. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /** @default findContainerPort */
  readonly findPort?: (() => Promise<number>) | undefined
}

const DEFAULT_IMAGE = 'redis:8'
const START_MS = 30_000
/** One for each suite that a container serves: each costs a process of the engine, which takes longer to start and to end than it lasts. */
const PORTS = [6379, 6380, 6381, 6382]

/**
 * Starts a Redis, or what speaks like one, in a container of its own. It keeps nothing. Settles when it has answered PING and its settings are in effect.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_CONTAINER`, `ERR_HOTBED_REDIS_NOT_FOUND`, `ERR_HOTBED_REDIS_MODULE`, `ERR_HOTBED_REDIS_START`
 */
export async function startRedisContainer(options: RedisContainerOptions, start: RedisContainerStart): Promise<ContainerRedisServer> {
  const { run, findPort, timeoutMs = START_MS } = start
  const settings = readRedisSettings(options, checkImageModule)
  const engine = await openEngine()
  const cacheDirectory = start.cacheDirectory ?? resolveCacheDirectory()
  sweepOnce(engine, cacheDirectory)
  const image = await requireContainerImage(engine, options.image ?? DEFAULT_IMAGE)
  const facts = await probeRedisImage(engine, image, run, cacheDirectory)
  const boot: RedisBoot = { engine, image, facts, settings, timeoutMs, run, inside: PORTS, findPort }
  return openRedisContainer(boot, await makeRedisContainer(boot))
}
