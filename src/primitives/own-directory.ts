import { chown, mkdir } from 'node:fs/promises'
import type { ProcessUser } from './supervised-process.js'

/** Makes a directory for that user alone, or for ours. */
export async function makeOwnDirectory(directory: string, user: ProcessUser | undefined): Promise<void> {
  await mkdir(directory, { mode: 0o700 })
  if (user !== undefined) await chown(directory, user.uid, user.gid)
}
