import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildOnce } from '../primitives/build-once.js'
import { debug } from '../primitives/debug.js'
import { HotbedError } from '../primitives/error.js'
import { fingerprint } from '../primitives/fingerprint.js'
import { createLifeMark } from '../servers/redis/rdb-lives.js'
import { loadKeys, saveKeys } from '../servers/redis/saved-keys.js'
import { sendDirectly } from '../servers/redis/send-directly.js'
import type { LocalRedisServer, RedisServerOptions } from '../servers/server.js'
import { imageFacts, keysImageDirectory, pruneImages } from './image.js'
import type { RedisFillPlan } from './redis-fill-plan.js'
import type { DatasetTarget } from './template-dataset.js'
import { wallClockDate } from '../primitives/real-time.js'

/** Fills servers of one kind with the keys of a dataset. */
export interface RedisFill {
  /** Replaces what the server holds. The first call of all makes the keys, on a server of `startEmpty` that it ends. */
  readonly fill: (server: LocalRedisServer, startEmpty: () => Promise<LocalRedisServer>) => Promise<void>
  /** Says where the rows of tables can be looked at, should that be needed. */
  readonly useTables: (lend: LendTables) => void
}

/** Hands out a database of its own with the template's rows, for as long as it is used. */
export type LendTables = (use: (tables: DatasetTarget) => Promise<void>) => Promise<void>

/** Changes when hotbed saves keys in another way. */
const FORMAT = 1
/** How often a mark may stand in the values by chance. */
const ATTEMPTS = 8

interface SavedKeys {
  readonly path: string
  /** Of the mark of its lives. */
  readonly attempt: number
}

/** @param options of the servers: what Redis makes of the keys depends on them */
export function createRedisFill(plan: RedisFillPlan, options: RedisServerOptions, cacheDirectory: string): RedisFill {
  let lend: LendTables | undefined
  let saving: Promise<SavedKeys> | undefined

  const write = async (server: LocalRedisServer, building: string, tables: DatasetTarget | undefined): Promise<void> => {
    await mkdir(building)
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const mark = createLifeMark(attempt)
      await plan.keys.load(server.url, { tables, lifeBase: mark.base })
      if (await saveKeys(server, savedFile(building), mark)) {
        await writeFile(imageFacts(building), JSON.stringify({ attempt }))
        return
      }
      debug('mark %d stands in the values', attempt)
      await rm(savedFile(building))
      await sendDirectly(server, ['FLUSHALL', 'SYNC'])
    }
    throw new HotbedError('ERR_HOTBED_SEED', {
      message: 'The keys of the dataset could not be saved: their values hold every mark there is.',
    })
  }

  const save = async (server: LocalRedisServer, startEmpty: () => Promise<LocalRedisServer>): Promise<SavedKeys> => {
    checkVersion(server)
    const { flavour, version } = server
    const content = fingerprint({ format: FORMAT, keys: plan.fingerprint, options: { ...options } })
    // What nobody else can use goes with the run.
    const parent = plan.cacheable ? cacheDirectory : dirname(server.config.get('dir') ?? '')
    const directory = keysImageDirectory(parent, `${flavour}-${version.text}`, content)
    await buildOnce(directory, async (building) => {
      const empty = await startEmpty()
      try {
        if (!plan.needsTables) await write(empty, building, undefined)
        else await lend?.((tables) => write(empty, building, tables))
      } finally {
        await empty.stop()
      }
    })
    if (plan.cacheable) await pruneImages(cacheDirectory).catch((error: unknown) => debug('images not pruned: %o', error))
    const { attempt } = JSON.parse(await readFile(imageFacts(directory), 'utf8')) as { attempt: number }
    await utimes(imageFacts(directory), wallClockDate(), wallClockDate()).catch(() => {})
    return { path: savedFile(directory), attempt }
  }

  const saved = (server: LocalRedisServer, startEmpty: () => Promise<LocalRedisServer>): Promise<SavedKeys> => {
    saving ??= save(server, startEmpty)
    // The next suite tries again.
    saving.catch(() => (saving = undefined))
    return saving
  }

  return {
    useTables: (tables) => {
      lend = tables
    },
    fill: async (server, startEmpty) => {
      let { path, attempt } = await saved(server, startEmpty)
      if (!existsSync(path)) {
        // Another process has cleaned the cache.
        saving = undefined
        ;({ path, attempt } = await saved(server, startEmpty))
      }
      await loadKeys(server, path, createLifeMark(attempt))
    },
  }
}

function savedFile(directory: string): string {
  return join(directory, 'keys.rdb')
}

/** `SET … PXAT` and `DEBUG RELOAD NOSAVE` are younger than Redis 6.0; every Valkey has them. */
function checkVersion({ flavour, version }: LocalRedisServer): void {
  if (flavour === 'valkey' || version.major > 6 || (version.major === 6 && version.minor >= 2)) return
  throw new HotbedError('ERR_HOTBED_SEED', {
    message: `A dataset fills Redis from 6.2 on, but this is ${version.text}.`,
    remedy: 'Use a newer Redis, or fill it in the test with loadRedis().',
  })
}
