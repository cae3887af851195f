import { wallClockMs } from '../primitives/real-time.js'
import { reachExternalRedis } from '../servers/redis/external/reach.js'
import type { ExternalRedisProvider } from '../servers/server.js'
import type { LendTables, RedisFill } from './redis-fill.js'
import type { RedisFillPlan } from './redis-fill-plan.js'
import type { RedisSuites } from './redis-suites.js'
import { createRedisTenants } from './redis-tenants.js'

/** The suites on a Redis that exists. Keys of a dataset are written into each: its files, in which others are saved, are out of reach. */
export function createTenantKind(
  provider: ExternalRedisProvider,
  filling: RedisFillPlan | undefined,
): { readonly suites: RedisSuites; readonly fill: Pick<RedisFill, 'useTables'> | undefined } {
  let lend: LendTables | undefined
  const load = async (url: string): Promise<void> => {
    const lifeBase = BigInt(wallClockMs())
    if (filling?.needsTables === true) await lend?.(async (tables) => void (await filling.keys.load(url, { tables, lifeBase })))
    else await filling?.keys.load(url, { tables: undefined, lifeBase })
  }
  return {
    suites: createRedisTenants({
      reach: () => reachExternalRedis(provider),
      keyPrefix: provider.keyPrefix === true,
      fill: filling === undefined ? undefined : load,
    }),
    fill: { useTables: (tables) => void (lend = tables) },
  }
}
