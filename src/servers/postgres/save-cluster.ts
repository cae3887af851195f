import { existsSync } from 'node:fs'
import { chown, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import { makePassableDirectory } from '../../primitives/own-files.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { isBetterArchived, OF_ONE_START, writeArchives } from './cluster-archive.js'
import { copyCluster } from './copy-cluster.js'

/**
 * Keeps a stopped cluster at `target`, as its files or as an archive of them: privately first, then renamed. A directory of that name is always
 * complete.
 */
export async function saveCluster(dataDirectory: string, target: string, user: ProcessUser | undefined): Promise<void> {
  if (existsSync(target)) throw new HotbedError('ERR_HOTBED_TEMPLATE', { message: `An image cannot be saved to ${target}, which exists.` })
  makePassableDirectory(dirname(target))
  const draft = await mkdtemp(join(dirname(target), `${basename(target)}.saving-`))
  try {
    if (user !== undefined) await chown(draft, user.uid, user.gid)
    if (isBetterArchived(dataDirectory, target)) {
      await writeArchives(dataDirectory, draft, user)
      await rename(draft, target)
      return
    }
    const copy = join(draft, 'data')
    await copyCluster(dataDirectory, copy, user)
    for (const name of OF_ONE_START) await rm(join(copy, name), { force: true })
    await rename(copy, target)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
