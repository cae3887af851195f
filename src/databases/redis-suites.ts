import { createRunDirectory, type RunDirectory } from '../primitives/run-directory.js'
import type { ProcessUser } from '../primitives/supervised-process.js'
import { connectRedis, type RedisConnection } from '../servers/redis/client.js'
import { resetRedisDirectly } from '../servers/redis/reset.js'
import type { RedisTenant } from '../servers/redis/external/shared-guard.js'
import type { ServerTls } from '../servers/server-tls.js'
import type { RedisServer } from '../servers/server.js'
import { watchServer, type ServerExit } from './server-exit.js'
import { createRedisControl } from './redis-control.js'
import { createSparePool } from './spare-pool.js'
import type { StoreControl } from './store-control.js'
import type { RedisArgument, RedisFacts } from './suite-parts.js'

/** One suite's Redis: a server of its own. */
export interface RedisSuite {
  readonly facts: RedisFacts
  /** How the tap gets to the server. @default in the clear */
  readonly tls?: ServerTls | undefined
  /** Of a server that others use, too. @default the server is the suite's own */
  readonly tenant?: RedisTenant | undefined
  readonly pid: () => number | undefined
  readonly control: StoreControl
  readonly send: (args: readonly RedisArgument[]) => Promise<unknown>
  readonly reset: () => Promise<void>
  readonly dispose: () => Promise<void>
  /** Leaves the server up when the run ends. `facts` are for whoever ends it later. */
  readonly keep: (facts: object) => Promise<void>
}

/** Hands out Redis servers of one kind. */
export interface RedisSuites {
  readonly open: () => Promise<RedisSuite>
  readonly refill: () => void
  readonly close: () => Promise<void>
}

/** How a provider has its servers. */
export interface RedisStarter<Server extends RedisServer> {
  /** @param run the directory of the run */
  readonly start: (run: string) => Promise<Server>
  /** Makes a server that a suite is done with one for another suite; `undefined` when that cannot be. */
  readonly recycle: (server: Server) => Promise<Server | undefined>
  /** Refuses to keep what somebody else would remove. @default everything can be kept */
  readonly requireKeepable?: () => Promise<void>
}

export interface RedisSuitesOptions<Server extends RedisServer> {
  readonly user: ProcessUser | undefined
  readonly spares: number
  /** Brings the keys of a dataset into a new server, and back into one that was reset. */
  readonly fill?: ((server: Server, startEmpty: () => Promise<Server>) => Promise<void>) | undefined
  /** Called when the server of a suite ends by itself. */
  readonly onServerExit?: ((exit: ServerExit) => void) | undefined
}

const NEEDED_BYTES = 64 * 1_048_576

export function createRedisSuites<Server extends RedisServer>(
  starter: RedisStarter<Server>,
  { user, spares, fill, onServerExit }: RedisSuitesOptions<Server>,
): RedisSuites {
  let directory: Promise<RunDirectory> | undefined
  const ended = new WeakSet<Server>()
  const getDirectory = (): Promise<RunDirectory> => {
    directory ??= createRunDirectory({ neededBytes: NEEDED_BYTES, user })
    directory.catch(() => (directory = undefined))
    return directory
  }
  const startEmpty = async (): Promise<Server> => watched(await starter.start((await getDirectory()).path))
  const watched = (server: Server): Server => {
    void server.exited.then(() => ended.add(server))
    return server
  }
  const refillKeys = async (server: Server): Promise<void> => fill?.(server, startEmpty)
  const start = async (): Promise<Server> => {
    const server = await startEmpty()
    try {
      await refillKeys(server)
      return server
    } catch (error) {
      await server.stop()
      throw error
    }
  }
  const recycle = async (server: Server): Promise<Server | undefined> => {
    // Its keys came by DEBUG, which proves too little.
    const recycled = fill === undefined ? await starter.recycle(server) : undefined
    return recycled && watched(recycled)
  }
  const pool = createSparePool(spares, start, (server) => server.stop())
  return {
    open: async () => {
      let server = await pool.take()
      // A spare may have been killed while it waited.
      for (; ended.has(server); server = await pool.take()) await server.stop()
      const unwatch = watchServer('redis', server, onServerExit)
      const giveBack = async (): Promise<void> => {
        if (await pool.giveBack(() => recycle(server))) return
        await server.stop()
        // Not when this was the last suite: then the run closes before that.
        setImmediate(pool.refill)
      }
      return openSuite(server, await getDirectory(), {
        refillKeys: () => refillKeys(server),
        unwatch,
        giveBack,
        requireKeepable: async () => starter.requireKeepable?.(),
      })
    },
    refill: pool.refill,
    close: async () => {
      await pool.close()
      await (await directory?.catch(() => undefined))?.remove()
    },
  }
}

interface SuiteEvents {
  /** Called after a reset, which leaves nothing. */
  readonly refillKeys: () => Promise<void>
  readonly unwatch: () => void
  readonly giveBack: () => Promise<void>
  readonly requireKeepable: () => Promise<void>
}

function openSuite(
  server: RedisServer,
  directory: RunDirectory,
  { refillKeys, unwatch, giveBack, requireKeepable }: SuiteEvents,
): RedisSuite {
  let kept = false
  let connecting: Promise<RedisConnection> | undefined
  const connect = async (): Promise<RedisConnection> => {
    const known = connecting
    const connection = await known?.catch(() => undefined)
    if (connection?.isOpen() === true) return connection
    // A test may have ended it (CLIENT KILL): the next command deserves a working one. Of several who see that, the first connects.
    if (connecting === known) connecting = connectRedis(server)
    return connecting ?? connectRedis(server)
  }
  const { version, flavour, modules, provider, host, port, url } = server
  const send = async (args: readonly RedisArgument[]): Promise<unknown> => (await connect()).send(args)
  const control = createRedisControl(server, send)
  return {
    pid: () => server.pid,
    control,
    facts: { version, flavour, modules, provider, database: 0, keyPrefix: undefined, host, port, url, directUrl: url },
    send,
    reset: async () => {
      await control.takeBack()
      const done =
        connecting === undefined &&
        (await resetRedisDirectly(server).then(
          () => true,
          () => false,
        ))
      if (!done) await (await connect()).reset()
      await refillKeys()
    },
    dispose: async () => {
      unwatch()
      await (await connecting?.catch(() => undefined))?.close()
      if (kept) return server.leave()
      await giveBack()
    },
    keep: async (facts) => {
      await requireKeepable()
      kept = true
      control.giveAway()
      directory.keep(facts)
    },
  }
}
