import { withDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import type { ErrorCode } from '../primitives/error-codes.js'
import { freezeTree, killTree, thawTree } from '../primitives/process-tree.js'
import type { ProcessExit, StopSignal, SupervisedProcess } from '../primitives/supervised-process.js'

/** What was done to a server on purpose. */
export type ServerCondition = 'running' | 'paused' | 'killed'

/** The process of a server under a handle that outlives it: it can be frozen, killed, and replaced by another. */
export interface ServerProcess {
  readonly pid: () => number
  /** Settles when the server has ended and nobody here had asked for that; also when it could not be started again. */
  readonly exited: Promise<ProcessExit>
  readonly lastLog: (lines?: number) => readonly string[]
  readonly condition: () => ServerCondition
  /** Stops the process, and all it has started, in the middle of whatever they do (SIGSTOP). */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** Ends the process, and all it has started, in one moment (SIGKILL). Its files stay. */
  readonly kill: () => Promise<void>
  /** Ends the process by `signal`, unless it was killed, and has `boot` start the next one on its files. */
  readonly replace: (signal: StopSignal, boot: () => Promise<SupervisedProcess>) => Promise<void>
  readonly stop: () => Promise<void>
  readonly leave: () => void
}

export interface ServerNames {
  /** As a message begins. */
  readonly name: string
  /** Of the error for a server that has ended by itself. */
  readonly exitCode: ErrorCode
}

const KILL_MS = 10_000

export function followProcess(first: SupervisedProcess, { name, exitCode }: ServerNames): ServerProcess {
  let current = first
  let condition: ServerCondition = 'running'
  let isReplacing = false
  let stopping: Promise<void> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let reportExit: (exit: ProcessExit) => void = () => {}
  const exited = new Promise<ProcessExit>((resolve) => (reportExit = resolve))
  const follow = (): void => {
    const followed = current
    void followed.exited.then((exit) => {
      if (followed === current && !isReplacing && condition !== 'killed') reportExit(exit)
    })
  }
  follow()

  /** One after the other; the next one, and the stop, do not depend on how it went. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    if (stopping !== undefined)
      return Promise.reject(new HotbedError('ERR_HOTBED_DISPOSED', { message: `The ${name} server has been stopped.` }))
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }
  /** The pid is its own until its supervisor has reported the exit. */
  const requireAlive = (): void => {
    const exit = current.exit()
    if (exit === undefined) return
    throw new HotbedError(exitCode, {
      message: `${name} (pid ${current.pid}) has ended by itself with status ${exit.status}.`,
      log: current.lastLog(),
    })
  }
  const requireNotKilled = (): void => {
    if (condition !== 'killed') return
    throw new HotbedError(exitCode, { message: `${name} has been killed.`, remedy: 'Restart it first.' })
  }

  return {
    pid: () => current.pid,
    exited,
    lastLog: (lines) => current.lastLog(lines),
    condition: () => condition,
    pause: () =>
      inTurn(async () => {
        requireNotKilled()
        requireAlive()
        await freezeTree(current.pid)
        condition = 'paused'
      }),
    resume: () =>
      inTurn(async () => {
        requireNotKilled()
        requireAlive()
        await thawTree(current.pid)
        condition = 'running'
      }),
    kill: () =>
      inTurn(async () => {
        if (condition === 'killed') return
        requireAlive()
        condition = 'killed'
        await killTree(current.pid)
        await withDeadline(current.exited, KILL_MS, `the end of ${name}, which was killed,`)
      }),
    replace: (signal, boot) =>
      inTurn(async () => {
        if (condition !== 'killed') requireAlive()
        isReplacing = true
        try {
          if (condition === 'paused') await thawTree(current.pid)
          await current.stop({ signal, keepDirectory: true })
          current = await boot()
        } finally {
          isReplacing = false
          condition = 'running'
          // Of the new process; or of the old one, when there is no new one.
          follow()
        }
      }),
    stop: () =>
      (stopping ??= last.then(async () => {
        await current.stop()
        // Also of one that was killed: now it is not to come back.
        void current.exited.then(reportExit)
      })),
    leave: () => current.leave(),
  }
}
