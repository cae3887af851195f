import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What Linux counts in, `sysconf(_SC_CLK_TCK)`: 100 a second on every architecture that Node runs on. */
const TICK_MS = 10

/**
 * CPU time that a process has used so far, all its threads together, in milliseconds; `undefined` when there is none. Linux: fields 14 and 15 of
 * /proc/PID/stat (proc(5)). Elsewhere by `ps`, on macOS to a hundredth of a second.
 */
export function readCpuMs(pid: number): number | undefined {
  if (process.platform === 'linux') {
    try {
      // The name in field 2 may hold blanks and brackets: count from its end.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS
    } catch {
      return undefined
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' })
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(stdout?.trim() ?? '')
  if (match === null) return undefined
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

/** What became of the main thread of a process: how long it ran, and how long it could have run and had no core. */
export interface MainThreadTimes {
  readonly ranMs: number
  readonly waitedMs: number
}

/**
 * So far, in milliseconds; `undefined` where there is no such process, or no such count. Linux with CONFIG_SCHED_INFO, which distributions have:
 * /proc/PID/schedstat, in nanoseconds (Documentation/scheduler/sched-stats.rst of the kernel).
 */
export function readMainThread(pid: number): MainThreadTimes | undefined {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number)
    return ran === undefined || waited === undefined ? undefined : { ranMs: ran / 1e6, waitedMs: waited / 1e6 }
  } catch {
    return undefined
  }
}
