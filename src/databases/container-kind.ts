import { resolveCacheDirectory } from '../primitives/cache-directory.js'
import { openEngine } from '../servers/container/engine.js'
import { sendDirectly } from '../servers/redis/send-directly.js'
import { startRedisContainer } from '../servers/redis/container/start.js'
import type { ContainerRedisServer } from '../servers/redis/container/running-server.js'
import type { RedisContainerOptions } from '../servers/server.js'
import { requireKeepable } from './container-run.js'
import type { RedisFillPlan } from './redis-fill-plan.js'
import { createKeyLoader, type RedisKind } from './redis-kind.js'
import { createRedisSuites, type RedisSuitesOptions } from './redis-suites.js'

/** Servers in containers, one for each suite. Keys of a dataset are written into each. */
export function createContainerKind(
  options: RedisContainerOptions,
  filling: RedisFillPlan | undefined,
  suites: Omit<RedisSuitesOptions<ContainerRedisServer>, 'fill' | 'user'>,
): RedisKind {
  const loader = filling === undefined ? undefined : createKeyLoader(filling)
  const fill = async (server: ContainerRedisServer): Promise<void> => {
    await loader?.load(server.url)
    // What the suite sees has not begun yet.
    for (const words of [
      ['SLOWLOG', 'RESET'],
      ['LATENCY', 'RESET'],
      ['CONFIG', 'RESETSTAT'],
    ])
      await sendDirectly(server, words)
  }
  const starter = {
    start: (run: string) => startRedisContainer(options, { run, cacheDirectory: resolveCacheDirectory() }),
    recycle: (server: ContainerRedisServer) => server.recycle(),
    requireKeepable: async () => requireKeepable(await openEngine()),
  }
  return { fill: loader, suites: createRedisSuites(starter, { ...suites, user: undefined, fill: loader === undefined ? undefined : fill }) }
}
