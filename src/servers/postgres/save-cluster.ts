import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { copyCluster } from './copy-tree.js'
import { SETTINGS_FILE } from './settings-file.js'

/** Copies a stopped cluster to `target`, privately first, then renamed: a directory of that name is always complete. */
export async function saveCluster(dataDirectory: string, target: string, user: ProcessUser | undefined): Promise<void> {
  if (existsSync(target)) throw new HotbedError('ERR_HOTBED_TEMPLATE', { message: `An image cannot be saved to ${target}, which exists.` })
  await mkdir(dirname(target), { recursive: true })
  const draft = await mkdtemp(join(dirname(target), `${basename(target)}.saving-`))
  try {
    if (user !== undefined) await chown(draft, user.uid, user.gid)
    const copy = join(draft, 'data')
    await copyCluster(dataDirectory, copy, user)
    // What belongs to one start: written anew by each.
    for (const name of ['postmaster.pid', 'postmaster.opts', SETTINGS_FILE]) await rm(join(copy, name), { force: true })
    await rename(copy, target)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
