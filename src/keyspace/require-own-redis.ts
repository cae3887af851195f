import type { RedisFacts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'

/**
 * Refuses what would tell, or change, something of others.
 *
 * @param what is asked for, as a sentence begins
 * @param shared what of a server that others use is theirs, too: all of it, or only the keys of a suite that has a prefix
 * @throws {HotbedError} `ERR_HOTBED_ISOLATION`
 */
export function requireOwnRedis({ provider, keyPrefix }: RedisFacts, what: string, shared: 'server' | 'keys'): void {
  if (provider !== 'external' || (shared === 'keys' && keyPrefix === undefined)) return
  throw new HotbedError('ERR_HOTBED_ISOLATION', {
    message: `${what}, which ${shared === 'server' ? 'is shared with others' : `others' keys have, too, beside those with '${keyPrefix}'`}: redis.provider.url names a server that somebody else runs.`,
    remedy: "Use a Redis of the suite's own: provider: 'system' or 'embedded'.",
  })
}
