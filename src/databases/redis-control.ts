import { HotbedError } from '../primitives/error.js'
import type { RedisServer } from '../servers/server.js'
import { createStoreControl, type StoreControl } from './store-control.js'
import type { RedisArgument } from './suite-parts.js'

/** hotbed's own connection, which Redis counts like any other. */
const OWN_CONNECTIONS = 1

/** Control of a Redis that the suite has alone. */
export function createRedisControl(server: RedisServer, send: (args: readonly RedisArgument[]) => Promise<unknown>): StoreControl {
  const configured = (name: string): string => server.config.get(name) ?? ''
  return createStoreControl({
    store: 'redis',
    server,
    restart: async ({ keepData = false }) => {
      // Saving is asked for on a connection more.
      if (keepData && server.control?.condition() === 'running') await send(['CONFIG', 'SET', 'maxclients', configured('maxclients')])
      await server.control?.restart({ port: server.port, keepData })
    },
    setLimits: async ({ connections, memory, policy }) => {
      if (server.control === undefined) {
        throw new HotbedError('ERR_HOTBED_ISOLATION', {
          message: `suite.redis.control.limit() changes settings of the whole server, which provider '${server.provider}' shares with others.`,
          remedy: "Use a Redis of the suite's own: provider: 'system' or 'embedded'.",
        })
      }
      // One by one: before version 7 CONFIG SET takes one. What is sent by a connection that is there is not refused.
      await send(['CONFIG', 'SET', 'maxmemory-policy', policy ?? configured('maxmemory-policy')])
      await send(['CONFIG', 'SET', 'maxmemory', memory ?? configured('maxmemory')])
      await send(['CONFIG', 'SET', 'maxclients', connections === undefined ? configured('maxclients') : connections + OWN_CONNECTIONS])
    },
  })
}
