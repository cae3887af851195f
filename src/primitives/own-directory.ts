import { chownSync, mkdirSync } from 'node:fs'
import type { ProcessUser } from './supervised-process.js'

/** Makes a directory for that user alone, or for ours. At once: while everything starts, a round through the thread pool takes 1 ms. */
export function makeOwnDirectory(directory: string, user: ProcessUser | undefined): void {
  mkdirSync(directory, { mode: 0o700 })
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
}
