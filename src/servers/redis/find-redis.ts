import { readEnvironment } from '../../primitives/environment.js'
import { HotbedError } from '../../primitives/error.js'
import type { RedisServerOptions } from '../server.js'
import { probeRedisBinary, type RedisBinary } from './redis-binary.js'
import { redisPlaces, type RedisSearchContext } from './redis-places.js'

/** Where and what was looked for. */
export interface RedisSearch {
  readonly chosen: RedisBinary | undefined
  /** Every place in the order of the search, the chosen one included. */
  readonly tried: readonly { readonly place: string; readonly outcome: string }[]
}

/**
 * Looks for a program that can be started. Order: option `binary`; `HOTBED_REDIS_BINARY`; the system's programs (PATH, then the usual directories);
 * what `hotbed install` put into the cache; what redis-memory-server has built. A place that was named on purpose is never replaced by another:
 * after `binary` or the variable nothing else is tried, and with `provider` only its own places.
 *
 * @param fits says what a program lacks that runs, and is then passed over. @default nothing
 */
export async function findRedisBinary(
  options: Pick<RedisServerOptions, 'binary' | 'provider'> = {},
  context: RedisSearchContext = {},
  fits: (binary: RedisBinary) => Promise<string | undefined> = () => Promise.resolve(undefined),
): Promise<RedisSearch> {
  const tried: { place: string; outcome: string }[] = []
  for (const candidate of redisPlaces(options, context, (place, outcome) => tried.push({ place, outcome }))) {
    const { path, source, provider, libraries = [] } = candidate
    const facts = await probeRedisBinary(path, libraries)
    const place = `${path} (${source})`
    if (typeof facts === 'string') {
      tried.push({ place, outcome: facts })
      continue
    }
    const binary = { path, source, provider, libraries, ...facts }
    const lack = await fits(binary)
    tried.push({ place, outcome: [`${facts.flavour} ${facts.version.text}`, lack].filter(Boolean).join(', ') })
    if (lack === undefined) return { chosen: binary, tried }
  }
  return { chosen: undefined, tried }
}

/**
 * @throws {HotbedError} `ERR_HOTBED_REDIS_NOT_FOUND` with every place that was tried and what was there.
 */
export async function requireRedisBinary(
  options: Pick<RedisServerOptions, 'binary' | 'provider'> = {},
  context: RedisSearchContext = {},
): Promise<RedisBinary> {
  const { chosen, tried } = await findRedisBinary(options, context)
  if (chosen !== undefined) return chosen
  const only = options.binary === undefined && options.provider !== undefined ? ` of provider '${options.provider}'` : ''
  const named = options.binary !== undefined || readEnvironment(context.variables).redisBinary !== undefined
  throw new HotbedError('ERR_HOTBED_REDIS_NOT_FOUND', {
    message: `No Redis binary${only} was found. Tried:\n${tried.map(({ place, outcome }) => `    ${place}: ${outcome}`).join('\n')}`,
    remedy: named ? 'Name a redis-server that runs here, or leave it out and run: npx hotbed install' : 'Run: npx hotbed install',
  })
}
