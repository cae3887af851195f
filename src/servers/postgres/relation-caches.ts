import { chownSync, copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessUser } from '../../primitives/supervised-process.js'

/** What a session writes that has loaded the catalogs of its database, and the shared ones: the next session reads it instead (relcache.c of PostgreSQL). */
const CACHE = 'pg_internal.init'
const KEPT = 'pg_internal.kept'

/** For tar: a server that starts removes relation caches, so they are kept under another name. */
export const KEEP_CACHES: string = `--transform=s,/${CACHE.replace('.', '\\.')}$,/${KEPT},`

/**
 * Gives a server that has just started the relation caches that were kept with its cluster: its first connection takes 5 ms instead of 8, and so does the first one to
 * each clone of such a database. It removes them because it might have replayed its log, after which they could be stale. Ours has not: it was stopped cleanly, and nobody
 * has been connected yet.
 */
export function restoreRelationCaches(dataDirectory: string): void {
  const databases = readdirSync(join(dataDirectory, 'base')).map((name) => join('base', name))
  for (const directory of ['global', ...databases]) {
    const kept = join(dataDirectory, directory, KEPT)
    if (existsSync(kept)) renameSync(kept, join(dataDirectory, directory, CACHE))
  }
}

/** Gives the cache of template1, whose number is 1 in every cluster, to the databases that initdb made as copies of it. */
export function spreadRelationCache(dataDirectory: string, user: ProcessUser | undefined): void {
  const base = join(dataDirectory, 'base')
  if (!existsSync(join(base, '1', CACHE))) return
  for (const name of readdirSync(base).filter((database) => database !== '1')) {
    const copy = join(base, name, CACHE)
    copyFileSync(join(base, '1', CACHE), copy)
    if (user !== undefined) chownSync(copy, user.uid, user.gid)
  }
}
