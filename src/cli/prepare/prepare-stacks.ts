import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { imageData, imageFacts } from '../../databases/image.js'
import { createRun } from '../../databases/run.js'
import { planTemplate } from '../../databases/template.js'
import { resolveCacheDirectory } from '../../primitives/cache-directory.js'
import { debug } from '../../primitives/debug.js'
import { monotonicMs } from '../../primitives/real-time.js'
import { readImageRecord } from '../../servers/container/image-record.js'
import { measureBytes } from '../bytes.js'
import { listCompleteEntries } from '../clean/cache-entries.js'
import type { FoundStack } from './find-stacks.js'

/** Something in the cache. */
export interface PreparedEntry {
  readonly what: string
  readonly path: string
  readonly bytes: number
}

/** What stands ready. Plain data. */
export interface Preparation {
  readonly cacheDirectory: string
  /** Of the whole cache. */
  readonly bytes: number
  /** What was not there before; another process may have made it meanwhile. */
  readonly made: readonly PreparedEntry[]
  /** Where stacks come from whose template no later run can use, since nobody can tell what it is made of. */
  readonly notKept: readonly string[]
  readonly durationMs: number
}

/**
 * Opens a suite of every stack once, as a test run would: what that run would have had to make is then in the cache. Who makes the same at the
 * same time, waits for it instead.
 */
export async function prepareStacks(stacks: readonly FoundStack[]): Promise<Preparation> {
  const start = monotonicMs()
  const cacheDirectory = resolveCacheDirectory()
  const before = new Set((await listCompleteEntries(cacheDirectory, true)).map(({ path }) => path))
  const run = createRun({ spares: 0 })
  try {
    // Together, as a test run announces them: stacks that fit on one server are one image.
    for (const { stack } of stacks) run.announce(stack)
    for (const { stack, isolation } of stacks) await (await run.openSuite(stack, isolation)).verbs.dispose()
  } catch (error) {
    await run.close().catch((failure: unknown) => debug('not closed: %o', failure))
    throw error
  }
  await run.close()
  const added = (await listCompleteEntries(cacheDirectory, true)).filter(({ path }) => !before.has(path))
  const made = await Promise.all(added.map(({ path, why }) => describeEntry(path, why)))
  return {
    cacheDirectory,
    bytes: await measureBytes(cacheDirectory),
    made,
    notKept: await findNotKept(stacks),
    durationMs: monotonicMs() - start,
  }
}

/** Of an image that a container engine has, the cache has the name and what its databases take. */
async function describeEntry(path: string, why: string): Promise<PreparedEntry> {
  const tag = await readImageRecord(imageData(path))
  if (tag !== undefined) {
    const { bytes } = JSON.parse(await readFile(imageFacts(path), 'utf8')) as { readonly bytes: number }
    return { what: `${tag} in the container engine`, path, bytes }
  }
  return { what: basename(path).startsWith('keys-') ? 'keys of a dataset' : why, path, bytes: await measureBytes(path) }
}

async function findNotKept(stacks: readonly FoundStack[]): Promise<readonly string[]> {
  const origins: string[] = []
  for (const { stack, origin } of stacks) {
    if (stack.postgres !== undefined && !(await planTemplate(stack.postgres)).cacheable) origins.push(origin)
  }
  return origins
}
