import { readlinkSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { runCommand } from '../../primitives/run-command.js'

/** A process and the file it runs. */
export interface RunningProgram {
  readonly pid: number
  readonly path: string
}

/** All processes that we may look at: by /proc, else by ps, which prints whole paths on macOS. */
export async function listRunningPrograms(): Promise<readonly RunningProgram[]> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter(Number.isInteger)
  return pids.length > 0 ? pids.flatMap(readProgram) : askPs()
}

function readProgram(pid: number): readonly RunningProgram[] {
  try {
    return [{ pid, path: readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '') }]
  } catch {
    return []
  }
}

async function askPs(): Promise<readonly RunningProgram[]> {
  const { stdout } = await runCommand('ps', { args: ['-axo', 'pid=,comm='], timeoutMs: 10_000 })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, path] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    return path === undefined ? [] : [{ pid: Number(pid), path }]
  })
}
