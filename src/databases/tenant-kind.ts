import { reachExternalRedis } from '../servers/redis/external/reach.js'
import type { ExternalRedisProvider } from '../servers/server.js'
import type { RedisFillPlan } from './redis-fill-plan.js'
import { createKeyLoader, type RedisKind } from './redis-kind.js'
import { createRedisTenants } from './redis-tenants.js'

/** The suites on a Redis that exists. Keys of a dataset are written into each. */
export function createTenantKind(provider: ExternalRedisProvider, filling: RedisFillPlan | undefined): RedisKind {
  const loader = filling === undefined ? undefined : createKeyLoader(filling)
  return {
    suites: createRedisTenants({
      reach: () => reachExternalRedis(provider),
      keyPrefix: provider.keyPrefix === true,
      fill: loader?.load,
    }),
    fill: loader,
  }
}
