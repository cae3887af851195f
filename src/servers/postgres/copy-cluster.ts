import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../primitives/run-command.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { COPY_TIMEOUT_MS, copyEnvironment, copyFlags } from './copy-tree.js'

const MOST_PROCESSES = 4

/** Copies a stopped cluster as `copyTree` does, the databases side by side by several processes: 39 instead of 53 ms on two cores. */
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
  const all = ['-c', script.join('\n'), 'hotbed-copy', ...args]
  await runCommand('/bin/sh', { args: all, user, timeoutMs: COPY_TIMEOUT_MS, cwd: '/', env: copyEnvironment() })
}
