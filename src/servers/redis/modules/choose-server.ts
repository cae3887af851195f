import type { RedisServerOptions } from '../../server.js'
import { findRedisBinary, requireRedisBinary } from '../find-redis.js'
import type { RedisBinary } from '../redis-binary.js'
import type { RedisSettings } from '../redis-config.js'
import type { RedisSearchContext } from '../redis-places.js'
import { findModules, type ModuleContext, type ModuleSearch } from './find-modules.js'
import { missingModules } from './missing.js'

/** The program to start, and its settings with the files of the modules that it is to load. */
export interface ChosenServer {
  readonly binary: RedisBinary
  readonly settings: RedisSettings
}

/**
 * The first program with what is wanted of it, in the order of `findRedisBinary`.
 *
 * @throws {HotbedError} `ERR_HOTBED_REDIS_NOT_FOUND` when there is none at all, `ERR_HOTBED_REDIS_MODULE` when each lacks a capability
 */
export async function chooseRedisServer(
  options: Pick<RedisServerOptions, 'binary' | 'provider'>,
  settings: RedisSettings,
  context: RedisSearchContext & ModuleContext,
): Promise<ChosenServer> {
  if (settings.capabilities.length === 0) return { binary: await requireRedisBinary(options, context), settings }
  const searches: ModuleSearch[] = []
  const { chosen } = await findRedisBinary(options, context, async (binary) => {
    const search = await findModules(binary, settings, context)
    searches.push(search)
    return search.lacking.length === 0 ? undefined : `lacks ${search.lacking.join(' and ')}`
  })
  if (chosen !== undefined)
    return { binary: chosen, settings: { ...settings, modules: [...settings.modules, ...(searches.at(-1)?.files ?? [])] } }
  // Says where it was looked.
  if (searches.length === 0) return { binary: await requireRedisBinary(options, context), settings }
  throw await missingModules(searches, context.variables)
}
