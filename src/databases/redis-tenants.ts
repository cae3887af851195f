import { HotbedError } from '../primitives/error.js'
import { connectRedis, type RedisConnection } from '../servers/redis/client.js'
import { refusalOnShared, type RedisTenant } from '../servers/redis/external/shared-guard.js'
import type { RedisServer } from '../servers/server.js'
import { createRedisClaims, databaseOf, runConnectionName, scanAll, type RedisClaims } from './redis-claims.js'
import { createRedisControl } from './redis-control.js'
import type { RedisSuite, RedisSuites } from './redis-suites.js'
import type { RedisArgument, RedisFacts } from './suite-parts.js'
import { makeRunName } from './tenancy.js'

export interface RedisTenantsOptions {
  /** The one server of all suites. */
  readonly reach: () => Promise<RedisServer>
  /** Each suite gets a prefix instead of a logical database. */
  readonly keyPrefix: boolean
  /** Writes the keys of a dataset into the logical database of this URL. */
  readonly fill?: ((url: string) => Promise<void>) | undefined
}

/** A server that was reached, with a connection that says that the run lives. */
interface Reached {
  readonly server: RedisServer
  readonly send: RedisConnection['send']
  readonly close: () => Promise<void>
  readonly claims: RedisClaims
}

/** Suites that share a Redis which exists already: each has a logical database of its own, or, weaker, the keys with its prefix. */
export function createRedisTenants({ reach, keyPrefix, fill }: RedisTenantsOptions): RedisSuites {
  const run = makeRunName()
  let reaching: Promise<Reached> | undefined
  let number = 0
  const reachOnce = async (): Promise<Reached> => {
    const server = await reach()
    const { send, close } = keepConnected(() => connectRedis(server, { name: runConnectionName(run) }))
    return { server, send, close, claims: createRedisClaims(server, send, run) }
  }
  const get = (): Promise<Reached> => {
    reaching ??= reachOnce()
    reaching.catch(() => (reaching = undefined))
    return reaching
  }
  return {
    open: async () => {
      const reached = await get()
      if (keyPrefix) {
        if (fill !== undefined) throw datasetWithPrefix()
        for (const dead of await reached.claims.deadPrefixes()) {
          await removeKeys(reached.send, dead)
          await reached.claims.release(dead)
        }
        number += 1
        const tenant: RedisTenant = { database: databaseOf(reached.server), keyPrefix: `hotbed:${run}:${number}:` }
        await reached.claims.claimPrefix(tenant.keyPrefix ?? '')
        return openTenant(reached, tenant, undefined)
      }
      const { database, wasUsed } = await reached.claims.claimDatabase()
      const suite = openTenant(reached, { database, keyPrefix: undefined }, fill)
      if (wasUsed || fill !== undefined) await suite.reset()
      return suite
    },
    refill: () => {},
    close: async () => {
      const reached = await reaching?.catch(() => undefined)
      await reached?.close()
      await reached?.server.stop()
    },
  }
}

function openTenant({ server, claims }: Reached, tenant: RedisTenant, fill: RedisTenantsOptions['fill']): RedisSuite {
  const { database, keyPrefix } = tenant
  const what = keyPrefix ?? database
  const own = keepConnected(() => connectRedis(server, { database }))
  const send = async (args: readonly RedisArgument[]): Promise<unknown> => {
    const refusal = refusalOnShared(args.map(String), database, tenant)
    if (refusal === undefined) return own.send(args)
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message: `${args.slice(0, 2).map(String).join(' ')} was not sent to the shared Redis at ${server.host}:${server.port}: ${refusal}.`,
      remedy: "Use a Redis of the suite's own: provider: 'system' or 'embedded'.",
    })
  }
  const empty = async (): Promise<void> => {
    if (!(await claims.isStillOurs(what))) throw lostClaim(server, what)
    if (keyPrefix === undefined) await own.send(['FLUSHDB'])
    else await removeKeys(own.send, keyPrefix)
  }
  const facts = describe(server, tenant)
  let kept = false
  return {
    facts,
    tls: server.tls,
    tenant,
    pid: () => server.pid,
    control: createRedisControl(server, send),
    send,
    reset: async () => {
      await empty()
      await fill?.(facts.directUrl)
    },
    keep: async () => {
      await claims.keep(what)
      kept = true
    },
    dispose: async () => {
      try {
        if (kept) return
        await empty()
        await claims.release(what)
      } finally {
        await own.close()
      }
    },
  }
}

function describe(server: RedisServer, { database, keyPrefix }: RedisTenant): RedisFacts {
  const { version, flavour, modules, provider, host, port } = server
  const url = new URL(server.url)
  url.pathname = `/${database}`
  return { version, flavour, modules, provider, database, keyPrefix, host, port, url: url.href, directUrl: url.href }
}

/** Whatever stands in the way of SCAN's patterns is escaped. */
async function removeKeys(send: RedisConnection['send'], keyPrefix: string): Promise<void> {
  const keys = await scanAll(send, `${keyPrefix.replaceAll(/[\\*?[\]]/g, '\\$&')}*`)
  for (let from = 0; from < keys.length; from += 1000) await send(['DEL', ...keys.slice(from, from + 1000)])
}

/** A connection that is made when it is first needed, and anew when it was lost. */
function keepConnected(connect: () => Promise<RedisConnection>): Pick<RedisConnection, 'send' | 'close'> {
  let connecting: Promise<RedisConnection> | undefined
  return {
    send: async (args) => {
      const known = connecting
      const connection = await known?.catch(() => undefined)
      // Of several who see it lost, the first connects.
      if (connection?.isOpen() !== true && connecting === known) connecting = connect()
      return (await (connecting ?? connect())).send(args)
    },
    close: async () => (await connecting?.catch(() => undefined))?.close(),
  }
}

function lostClaim({ host, port }: RedisServer, what: number | string): HotbedError {
  return new HotbedError('ERR_HOTBED_EXTERNAL', {
    message: `${typeof what === 'number' ? `Logical database ${what}` : `The prefix '${what}'`} of the Redis at ${host}:${port} belongs to another run by now: its claim was lost, as by a restart, and is another's. Nothing was removed.`,
    remedy: 'Run the tests again.',
  })
}

function datasetWithPrefix(): HotbedError {
  return new HotbedError('ERR_HOTBED_ISOLATION', {
    message: 'The keys of a dataset have names of their own, which a prefix would change: they cannot be loaded with keyPrefix: true.',
    remedy: 'Leave keyPrefix out, so that each suite gets a logical database; or write the keys in the test.',
  })
}
