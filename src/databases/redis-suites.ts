import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRunDirectory, type RunDirectory } from '../primitives/run-directory.js'
import type { ProcessUser } from '../primitives/supervised-process.js'
import { connectRedis, type RedisConnection } from '../servers/redis/client.js'
import { startRedisServer } from '../servers/redis/start.js'
import type { RedisServer, RedisServerOptions } from '../servers/server.js'
import { createSparePool } from './spare-pool.js'
import type { RedisArgument, RedisFacts } from './suite-parts.js'

/** One suite's Redis: a server of its own. */
export interface RedisSuite {
  readonly facts: RedisFacts
  readonly pid: number
  readonly send: (args: readonly RedisArgument[]) => Promise<unknown>
  readonly reset: () => Promise<void>
  readonly dispose: () => Promise<void>
  /** Leaves the server up when the run ends. `facts` are for whoever ends it later. */
  readonly keep: (facts: object) => void
}

/** Hands out Redis servers of one kind. */
export interface RedisSuites {
  readonly open: () => Promise<RedisSuite>
  readonly refill: () => void
  readonly close: () => Promise<void>
}

const NEEDED_BYTES = 64 * 1_048_576

export function createRedisSuites(options: RedisServerOptions, user: ProcessUser | undefined, spares: number): RedisSuites {
  let directory: Promise<RunDirectory> | undefined
  let number = 0
  const getDirectory = (): Promise<RunDirectory> => (directory ??= createRunDirectory({ neededBytes: NEEDED_BYTES, user }))
  const start = async (): Promise<RedisServer> => {
    const { path } = await getDirectory()
    number += 1
    const place = { directory: join(path, `redis-${number}`), user, runDirectory: path }
    await mkdir(place.directory, { mode: 0o700 })
    if (user !== undefined) await chown(place.directory, user.uid, user.gid)
    return startRedisServer(options, place)
  }
  const pool = createSparePool(spares, start, (server) => server.stop())
  return {
    open: async () => openSuite(await pool.take(), await getDirectory(), pool.refill),
    refill: pool.refill,
    close: async () => {
      await pool.close()
      await (await directory)?.remove()
    },
  }
}

function openSuite(server: RedisServer, directory: RunDirectory, refill: () => void): RedisSuite {
  let kept = false
  let connecting: Promise<RedisConnection> | undefined
  const connect = (): Promise<RedisConnection> => (connecting ??= connectRedis(server))
  const { version, flavour, modules, provider, host, port, url } = server
  return {
    pid: server.pid,
    facts: { version, flavour, modules, provider, host, port, url },
    send: async (args) => (await connect()).send(args),
    reset: async () => (await connect()).reset(),
    dispose: async () => {
      await (await connecting?.catch(() => undefined))?.close()
      if (kept) return server.leave()
      await server.stop()
      refill()
    },
    keep: (facts) => {
      kept = true
      directory.keep(facts)
    },
  }
}
