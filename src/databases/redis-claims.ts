import { HotbedError } from '../primitives/error.js'
import { readOwner, readOwnerState } from '../primitives/owner.js'
import type { RedisConnection } from '../servers/redis/client.js'
import type { RedisServer } from '../servers/server.js'
import { formatStamp, parseStamp, type StampKind } from './stamp.js'

/** What of a shared Redis belongs to runs of hotbed, as keys in the database that its URL names. A claim decides, never what a database looks like. */
export interface RedisClaims {
  /** Claims a logical database that is empty, or that a dead run has left. `wasUsed`: it is still to be emptied. */
  readonly claimDatabase: () => Promise<{ readonly database: number; readonly wasUsed: boolean }>
  readonly claimPrefix: (keyPrefix: string) => Promise<void>
  /** Whether it is still this run's: a server that was restarted may have lost the claim, which is then made again. */
  readonly isStillOurs: (what: number | string) => Promise<boolean>
  readonly release: (what: number | string) => Promise<void>
  readonly keep: (what: number | string) => Promise<void>
  /** Prefixes of dead runs, whose keys nobody has removed. */
  readonly deadPrefixes: () => Promise<readonly string[]>
}

const CLAIM = 'hotbed:claim:'
const DEFAULT_DATABASES = 16
/** As of databases of Postgres: see `sweepShared`. */
const SILENCE_MS = 3_600_000

/** Sets a key when it has a certain value. Others claim at the same moment. */
const EXCHANGE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0"

/** The name by which other runs see that this one lives. */
export function runConnectionName(run: string): string {
  return `hotbed-run-${run}`
}

/** @param send on a connection to the database of the URL, named by `runConnectionName` */
export function createRedisClaims(server: RedisServer, send: RedisConnection['send'], run: string): RedisClaims {
  const keyOf = (what: number | string): string => `${CLAIM}${what}`
  const stamp = async (kind: StampKind): Promise<string> => {
    const [seconds = 0, micros = 0] = ((await send(['TIME'])) as readonly string[]).map(Number)
    return formatStamp({ kind, run, owner: readOwner(), atMs: seconds * 1000 + Math.floor(micros / 1000) })
  }
  const read = async (key: string): Promise<string | null> => (await send(['GET', key])) as string | null
  const isAbandoned = async (value: string | null): Promise<boolean> => {
    const found = parseStamp(value)
    if (found === undefined || found.kind === 'kept') return false
    const state = readOwnerState(found.owner)
    if (state === 'alive' || state === 'dead') return state === 'dead'
    const { atMs: nowMs = 0 } = parseStamp(await stamp('suite')) ?? {}
    // Who may not look cannot tell.
    const clients = String(await send(['CLIENT', 'LIST']).catch(() => runConnectionName(found.run)))
    return nowMs - found.atMs > SILENCE_MS && !clients.includes(runConnectionName(found.run))
  }
  const claimIfFree = async (what: number | string): Promise<boolean> =>
    (await send(['SET', keyOf(what), await stamp('suite'), 'NX'])) === 'OK'
  const isStillOurs = async (what: number | string): Promise<boolean> =>
    parseStamp(await read(keyOf(what)))?.run === run || (await claimIfFree(what))

  /** `undefined` when it is somebody else's. */
  const tryDatabase = async (database: number): Promise<{ readonly wasUsed: boolean } | undefined> => {
    const value = await read(keyOf(database))
    if (value === null) {
      if (await hasKeys(send, database)) return undefined
      if (!(await claimIfFree(database))) return undefined
      if (!(await hasKeys(send, database))) return { wasUsed: false }
      await send(['DEL', keyOf(database)])
      return undefined
    }
    if (!(await isAbandoned(value))) return undefined
    const exchanged = await send(['EVAL', EXCHANGE, 1, keyOf(database), value, await stamp('suite')])
    return exchanged === 1 ? { wasUsed: true } : undefined
  }

  return {
    isStillOurs,
    claimDatabase: async () => {
      const count = Number(server.config.get('databases') ?? DEFAULT_DATABASES)
      const own = databaseOf(server)
      if (server.config.get('cluster-enabled') === 'yes') throw noDatabase(server, 'a cluster has one logical database alone')
      // From the end: the first ones are those that people use by hand.
      for (let database = count - 1; database >= 0; database -= 1) {
        const claimed = database === own ? undefined : await tryDatabase(database)
        if (claimed !== undefined) return { database, ...claimed }
      }
      throw noDatabase(server, `of its ${count} logical databases each one holds keys of somebody else, or belongs to another suite`)
    },
    claimPrefix: async (keyPrefix) => {
      await claimIfFree(keyPrefix)
    },
    release: async (what) => {
      if (await isStillOurs(what)) await send(['DEL', keyOf(what)])
    },
    keep: async (what) => {
      await send(['SET', keyOf(what), await stamp('kept')])
    },
    deadPrefixes: async () => {
      const dead: string[] = []
      for (const key of await scanAll(send, `${CLAIM}hotbed:*`)) {
        const value = await read(key)
        if (value === null || !(await isAbandoned(value))) continue
        if ((await send(['EVAL', EXCHANGE, 1, key, value, await stamp('suite')])) === 1) dead.push(key.slice(CLAIM.length))
      }
      return dead
    },
  }
}

/** The logical database that the server's URL names. */
export function databaseOf({ url }: RedisServer): number {
  return Number(new URL(url).pathname.slice(1))
}

/** Every key that matches. */
export async function scanAll(send: RedisConnection['send'], pattern: string): Promise<readonly string[]> {
  const found = new Set<string>()
  let cursor = '0'
  do {
    const [next, keys] = (await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000])) as readonly [string, readonly string[]]
    for (const key of keys) found.add(key)
    cursor = next
  } while (cursor !== '0')
  return [...found]
}

async function hasKeys(send: RedisConnection['send'], database: number): Promise<boolean> {
  return new RegExp(`^db${database}:`, 'm').test(String(await send(['INFO', 'keyspace'])))
}

function noDatabase({ host, port }: RedisServer, why: string): HotbedError {
  return new HotbedError('ERR_HOTBED_EXTERNAL', {
    message: `The Redis at ${host}:${port} has no logical database for a suite: ${why}.`,
    remedy: 'Raise `databases` in its redis.conf, or accept the weaker isolation of a prefix: provider: { url, keyPrefix: true }.',
  })
}
