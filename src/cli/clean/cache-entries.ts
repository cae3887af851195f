import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findAbandonedBuilds } from '../../primitives/build-once.js'
import { listRunningPrograms } from './running-programs.js'

/** One thing in the cache. */
export interface CacheEntry {
  readonly path: string
  readonly why: string
  /** Pid of a process whose program lies in it. */
  readonly user?: number | undefined
}

/** Its folders, and what their entries are. Only entries are removed, never a folder: a run may be about to write into it. */
const PARTS = { images: 'image', clusters: 'cluster', binaries: 'copied binaries', facts: 'remembered', clocks: 'compiled clock' } as const
const INSTALLED = { redis: 'installed Redis' } as const
const REMOVING = '.removing-'

/** What died half built or half removed. */
export async function listBrokenEntries(cacheDirectory: string): Promise<readonly CacheEntry[]> {
  const lists = await Promise.all(
    Object.keys({ ...PARTS, ...INSTALLED }).map(async (part) => {
      const folder = join(cacheDirectory, part)
      const abandoned = await findAbandonedBuilds(folder)
      const names = await readdir(folder).catch(() => [])
      return [
        ...abandoned.map((path) => ({ path, why: 'half built' })),
        ...names.filter((name) => name.includes(REMOVING)).map((name) => ({ path: join(folder, name), why: 'half removed' })),
      ]
    }),
  )
  return lists.flat()
}

/** What is complete. Neither locks nor what others are building. */
export async function listCacheEntries(cacheDirectory: string, withInstalled: boolean): Promise<readonly CacheEntry[]> {
  const running = await listRunningPrograms()
  return (await listCompleteEntries(cacheDirectory, withInstalled)).map(({ path, why }) => ({
    path,
    why,
    user: running.find((program) => program.path.startsWith(`${path}/`))?.pid,
  }))
}

/** The same, without a look at who uses them. */
export async function listCompleteEntries(cacheDirectory: string, withInstalled: boolean): Promise<readonly CacheEntry[]> {
  const lists = await Promise.all(
    Object.entries(withInstalled ? { ...PARTS, ...INSTALLED } : PARTS).map(async ([part, why]) => {
      const folder = join(cacheDirectory, part)
      const names = (await readdir(folder).catch(() => [])).filter((name) => !/\.lock$|\.building-|\.removing-/.test(name))
      return names.map((name) => ({ path: join(folder, name), why }))
    }),
  )
  return lists.flat()
}

export async function removeEntries(entries: readonly CacheEntry[]): Promise<void> {
  for (const { path } of entries) {
    // Renamed first: nobody finds it half removed.
    const gone = path.includes(REMOVING) ? path : `${path}${REMOVING}${process.pid}`
    if (gone !== path) await rename(path, gone).catch(() => {})
    await rm(gone, { recursive: true, force: true, maxRetries: 3 })
  }
}
