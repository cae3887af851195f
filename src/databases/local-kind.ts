import { join } from 'node:path'
import { resolveCacheDirectory } from '../primitives/cache-directory.js'
import { makeOwnDirectory } from '../primitives/own-files.js'
import { recycleRedis } from '../servers/redis/recycle.js'
import { startRedisServer } from '../servers/redis/start.js'
import type { LocalRedisServer, RedisServerOptions } from '../servers/server.js'
import { createRedisFill } from './redis-fill.js'
import type { RedisFillPlan } from './redis-fill-plan.js'
import type { RedisKind } from './redis-kind.js'
import { createRedisSuites, type RedisSuitesOptions } from './redis-suites.js'

/** Servers that are processes of ours, one for each suite. Keys of a dataset come from a saved file. */
export function createLocalKind(
  options: RedisServerOptions,
  filling: RedisFillPlan | undefined,
  suites: Omit<RedisSuitesOptions<LocalRedisServer>, 'fill'>,
): RedisKind {
  const { user } = suites
  const fill = filling === undefined ? undefined : createRedisFill(filling, options, resolveCacheDirectory())
  let number = 0
  const start = async (run: string): Promise<LocalRedisServer> => {
    number += 1
    const place = { directory: join(run, `redis-${number}`), user, runDirectory: run }
    makeOwnDirectory(place.directory, user)
    return startRedisServer(options, place)
  }
  return { fill, suites: createRedisSuites({ start, recycle: recycleRedis }, { ...suites, fill: fill?.fill }) }
}
