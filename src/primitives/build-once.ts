import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { takeFileLock } from './file-lock.js'
import { makePassableDirectory } from './own-files.js'
import { formatOwner, parseOwner, readFormattedOwner, readOwner, readOwnerState } from './owner.js'
import { wallClockMs } from './real-time.js'

const BUILDING = '.building-'
/** A half-built directory whose builder cannot be looked up is taken for abandoned after a day. */
const ABANDONED_MS = 86_400_000

/**
 * Makes `directory` once, whoever asks: `build` fills a private directory beside it, which is then renamed. So a directory of
 * that name is always complete, whatever crashed. A lock keeps two processes from doing the work twice; without it, one
 * of two results is thrown away.
 *
 * `build` is handed a path that does not exist yet and makes it itself.
 */
export async function buildOnce(directory: string, build: (privateDirectory: string) => Promise<void>): Promise<void> {
  if (existsSync(directory)) return
  makePassableDirectory(dirname(directory))
  const release = await takeFileLock(`${directory}.lock`, {
    isObsolete: () => Promise.resolve(existsSync(directory)),
  })
  if (release === undefined) return
  try {
    if (existsSync(directory)) return
    await removeAbandonedBuilds(dirname(directory))
    const privateDirectory = `${directory}${BUILDING}${formatOwner(readOwner())}`
    try {
      await build(privateDirectory)
      await rename(privateDirectory, directory)
    } catch (error) {
      await rm(privateDirectory, { recursive: true, force: true })
      if (!existsSync(directory)) throw error
    }
  } finally {
    await release()
  }
}

/** Removes what builders that died have left half done in `parent`. */
export async function removeAbandonedBuilds(parent: string): Promise<readonly string[]> {
  const abandoned = await findAbandonedBuilds(parent)
  for (const path of abandoned) await rm(path, { recursive: true, force: true })
  return abandoned.map((path) => basename(path))
}

/** Paths of what builders that died have left half done in `parent`. */
export async function findAbandonedBuilds(parent: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await readdir(parent).catch(() => [])) {
    const at = name.indexOf(BUILDING)
    if (at >= 0 && (await isAbandoned(join(parent, name), name.slice(at + BUILDING.length)))) found.push(join(parent, name))
  }
  return found
}

async function isAbandoned(path: string, ownerText: string): Promise<boolean> {
  const owner = parseOwner(ownerText)
  const state = owner === undefined ? 'unknown' : readOwnerState(owner, readFormattedOwner())
  if (state === 'alive' || state === 'dead') return state === 'dead'
  const facts = await stat(path).catch(() => undefined)
  return facts !== undefined && wallClockMs() - facts.mtimeMs > ABANDONED_MS
}
