import { HotbedError } from '../primitives/error.js'
import type { ConnectionLimit } from './connection-limit.js'
import type { PostgresGroup } from './postgres-group.js'
import type { SideConnections } from './side-connections.js'
import { createStoreControl, type StoreControl } from './store-control.js'

/** Control of a suite's Postgres: of the whole server where the suite has it alone, else of what is the suite's own. */
export function createPostgresControl(
  { access, isOfOneSuite }: PostgresGroup,
  side: SideConnections,
  limit: ConnectionLimit,
): StoreControl {
  return createStoreControl({
    store: 'postgres',
    get server() {
      return access.server
    },
    requireOwn: (call) => {
      if (isOfOneSuite) return
      throw new HotbedError('ERR_HOTBED_ISOLATION', {
        message: `${call} acts on the whole server, which isolation 'clone' shares with other suites.`,
        remedy: "Use isolation: 'server'.",
      })
    },
    restart: async ({ mode = 'fast' }) => access.server.control?.restart(mode),
    setLimits: async ({ connections }) => {
      // The one that hotbed asks by is there before the limit is, so that none of the application's is taken for it.
      if (connections !== undefined) await side.query('SELECT 1', undefined)
      await limit.set(connections)
    },
  })
}
