import { readCpuMs, readMainThread, type MainThreadTimes } from '../primitives/cpu-time.js'
import { monotonicMs } from '../primitives/real-time.js'
import type { ProcessCpu } from './load-report.js'

/** Watches the CPU time of this process, all threads together, and of others. */
export interface CpuWatch {
  readonly restart: () => void
  readonly stop: () => readonly ProcessCpu[]
}

/** What a process has used so far. */
interface Used {
  readonly ms: number | undefined
  readonly mainThread: MainThreadTimes | undefined
}

export function watchCpu(processes: readonly number[]): CpuWatch {
  const all = [process.pid, ...processes]
  let startMs = 0
  let before: readonly Used[] = []
  const restart = (): void => {
    startMs = monotonicMs()
    before = all.map(readUsed)
  }
  restart()
  return {
    restart,
    stop: () => {
      const elapsedMs = monotonicMs() - startMs
      return all.flatMap((pid, index): readonly ProcessCpu[] => {
        const [from, to] = [before[index], readUsed(pid)]
        if (from?.ms === undefined || to.ms === undefined) return []
        const name = pid === process.pid ? 'this process' : `process ${pid}`
        return [{ name, pid, cores: (to.ms - from.ms) / elapsedMs, mainThread: shares(from.mainThread, to.mainThread, elapsedMs) }]
      })
    },
  }
}

function readUsed(pid: number): Used {
  if (pid !== process.pid) return { ms: readCpuMs(pid), mainThread: readMainThread(pid) }
  // In microseconds, where the system would give hundredths of a second. Its event loop is known, whichever thread it runs on.
  const { user, system } = process.cpuUsage()
  return { ms: (user + system) / 1000, mainThread: undefined }
}

function shares(from: MainThreadTimes | undefined, to: MainThreadTimes | undefined, elapsedMs: number): ProcessCpu['mainThread'] {
  if (from === undefined || to === undefined) return undefined
  return { ran: (to.ranMs - from.ranMs) / elapsedMs, waited: (to.waitedMs - from.waitedMs) / elapsedMs }
}
