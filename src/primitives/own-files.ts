import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ProcessUser } from './supervised-process.js'

// At once and not by promises: while everything starts, a round through the thread pool takes 1 ms.

/** Makes a directory for that user alone, or for ours. */
export function makeOwnDirectory(directory: string, user: ProcessUser | undefined): void {
  mkdirSync(directory, { mode: 0o700 })
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
}

/** Writes a file for that user alone, or for ours, whatever the umask. */
export function writeOwnFile(file: string, text: string, user: ProcessUser | undefined): void {
  writeFileSync(file, text, { mode: 0o600 })
  if (user !== undefined) chownSync(file, user.uid, user.gid)
}

/** Makes a directory, and those above it. As root, the user that servers run as gets through what is new, whatever the umask. */
export function makePassableDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true })
  if (first === undefined || process.getuid?.() !== 0) return
  for (let made = directory; made.length >= first.length; made = dirname(made)) chmodSync(made, 0o755)
}
