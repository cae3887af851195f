import { existsSync } from 'node:fs'
import { runCommand } from '../../primitives/run-command.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'

/** Copies are memory to memory or a reflink; this long means a stuck disk. */
export const COPY_TIMEOUT_MS = 300_000

/** BusyBox's programs know fewer options. */
export function hasGnuTools(): boolean {
  return process.platform === 'linux' && !existsSync('/etc/alpine-release')
}

/** What a copier says, such as that the disk is full, is read in English. */
export function copyEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C' }
}

/**
 * Copies a directory to `target`, which does not exist yet, as a reflink where the file system can. By `cp`, which took 41 ms
 * for the 970 files of a cluster where `fs.cp` took 340.
 */
export async function copyTree(source: string, target: string, user: ProcessUser | undefined): Promise<void> {
  const args = [...copyFlags(), '--', source, target]
  await runCommand('cp', { args, user, timeoutMs: COPY_TIMEOUT_MS, cwd: '/', env: copyEnvironment() })
}

/** The flags by which `cp` copies directories with owners, modes and times. */
export function copyFlags(): readonly string[] {
  if (process.platform === 'darwin') return ['-Rpc']
  return hasGnuTools() ? ['-a', '--reflink=auto'] : ['-Rp']
}
