import { readCpuMs } from '../primitives/cpu-time.js'
import { monotonicMs } from '../primitives/real-time.js'
import type { ProcessCpu } from './load-report.js'

/** Watches the CPU time of this process, all threads together, and of others. */
export interface CpuWatch {
  readonly restart: () => void
  readonly stop: () => readonly ProcessCpu[]
}

export function watchCpu(processes: readonly number[]): CpuWatch {
  const all = [process.pid, ...processes]
  let start = { atMs: 0, own: process.cpuUsage(), others: new Map<number, number | undefined>() }
  const restart = (): void => {
    start = { atMs: monotonicMs(), own: process.cpuUsage(), others: new Map(processes.map((pid) => [pid, readCpuMs(pid)])) }
  }
  restart()
  return {
    restart,
    stop: () => {
      const elapsedMs = monotonicMs() - start.atMs
      return all.flatMap((pid): readonly ProcessCpu[] => {
        const { user, system } = process.cpuUsage(start.own)
        const before = start.others.get(pid)
        const after = pid === process.pid ? undefined : readCpuMs(pid)
        const usedMs =
          pid === process.pid ? (user + system) / 1000 : before === undefined || after === undefined ? undefined : after - before
        const name = pid === process.pid ? 'this process' : `process ${pid}`
        return usedMs === undefined ? [] : [{ name, pid, cores: usedMs / elapsedMs }]
      })
    },
  }
}
