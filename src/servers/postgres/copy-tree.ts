import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../primitives/run-command.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'

/** Copies are memory to memory or a reflink; this long means a stuck disk. */
const COPY_TIMEOUT_MS = 300_000
const MOST_PROCESSES = 4

/**
 * Copies a directory to `target`, which does not exist yet, as a reflink where the file system can. By `cp`, which took 41 ms
 * for the 970 files of a cluster where `fs.cp` took 340.
 */
export async function copyTree(source: string, target: string, user: ProcessUser | undefined): Promise<void> {
  await runCommand('cp', { args: [...copyFlags(), '--', source, target], user, timeoutMs: COPY_TIMEOUT_MS, cwd: '/' })
}

/** Copies a stopped cluster as `copyTree` does, its databases side by side by several processes: 39 instead of 53 ms on two cores. */
export async function copyCluster(source: string, target: string, user: ProcessUser | undefined): Promise<void> {
  const [top, databases] = await Promise.all([readdir(source), readdir(join(source, 'base'))])
  const groups: { readonly folder: string; readonly paths: string[] }[] = [
    { folder: target, paths: top.filter((name) => name !== 'base').map((name) => join(source, name)) },
  ]
  const databaseGroups = Math.min(databases.length, MOST_PROCESSES, Math.max(2, availableParallelism()))
  for (let at = 0; at < databaseGroups; at += 1) {
    const paths = databases.filter((_, index) => index % databaseGroups === at).map((name) => join(source, 'base', name))
    groups.push({ folder: join(target, 'base'), paths })
  }
  // One shell, because starting a process from here costs more than from there.
  const script = ['mkdir -m 700 -- "$1" "$1/base" || exit', 'jobs= status=0']
  const args = [target]
  for (const { folder, paths } of groups) {
    if (paths.length === 0) continue
    const numbers = [...paths, folder].map((path) => `"\${${args.push(path)}}"`)
    script.push(`cp ${copyFlags().join(' ')} -- ${numbers.join(' ')} & jobs="$jobs $!"`)
  }
  script.push('for job in $jobs; do wait "$job" || status=$?; done', 'exit "$status"')
  await runCommand('/bin/sh', { args: ['-c', script.join('\n'), 'hotbed-copy', ...args], user, timeoutMs: COPY_TIMEOUT_MS, cwd: '/' })
}

function copyFlags(): readonly string[] {
  if (process.platform === 'darwin') return ['-Rpc']
  // BusyBox's cp knows no long options.
  return process.platform === 'linux' && !existsSync('/etc/alpine-release') ? ['-a', '--reflink=auto'] : ['-Rp']
}
