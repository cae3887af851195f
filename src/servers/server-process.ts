import { withDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import type { ErrorCode } from '../primitives/error-codes.js'
import { freezeTree, killTree, thawTree } from '../primitives/process-tree.js'
import type { ProcessExit, StopSignal, SupervisedProcess } from '../primitives/supervised-process.js'

/** What was done to a server on purpose. */
export type ServerCondition = 'running' | 'paused' | 'killed'

/** A server from one start to its end: a process, or a container. */
export interface ServerLife {
  /** Where it is a process of this machine. */
  readonly pid: number | undefined
  /** As messages have it: `pid 4711`. */
  readonly label: string
  /** Settles when it has ended, whoever ended it. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** The exit, once it has happened. */
  readonly exit: () => ProcessExit | undefined
  readonly lastLog: (lines?: number) => readonly string[]
  /** Stops it, and all it has started, in the middle of whatever they do. */
  readonly freeze: () => Promise<void>
  readonly thaw: () => Promise<void>
  /** Ends it, and all it has started, in one moment; settles when that is done. */
  readonly kill: () => Promise<void>
  /** Ends it, and removes its files unless they are kept for the next life. */
  readonly stop: (options?: { readonly signal?: StopSignal; readonly keepDirectory?: boolean }) => Promise<void>
  readonly leave: () => void
}

/** A server under a handle that outlives its lives: it can be frozen, killed, and replaced by the next one. */
export interface FollowedServer<Life = ServerLife> {
  readonly pid: () => number | undefined
  /** Settles when the server has ended and nobody here had asked for that; also when it could not be started again. */
  readonly exited: Promise<ProcessExit>
  readonly lastLog: (lines?: number) => readonly string[]
  readonly condition: () => ServerCondition
  /** Stops it, and all it has started, in the middle of whatever they do. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** Ends it, and all it has started, in one moment. Its files stay. */
  readonly kill: () => Promise<void>
  /** Ends it by `signal`, unless it was killed, and has `boot` start the next life on its files. */
  readonly replace: (signal: StopSignal, boot: () => Promise<Life>) => Promise<void>
  readonly stop: () => Promise<void>
  readonly leave: () => void
}

/** The process of a server under such a handle. */
export interface ServerProcess extends FollowedServer<SupervisedProcess> {
  readonly pid: () => number
}

export interface ServerNames {
  /** As a message begins. */
  readonly name: string
  /** Of the error for a server that has ended by itself. */
  readonly exitCode: ErrorCode
}

const KILL_MS = 10_000

/** Of a handle: what can be done to the server as a whole, but for its restart. */
export function controlOf({ condition, pause, resume, kill }: Pick<FollowedServer, ControlVerb>): Pick<FollowedServer, ControlVerb> {
  return { condition, pause, resume, kill }
}
type ControlVerb = 'condition' | 'pause' | 'resume' | 'kill'

/** Of a handle: how the server ends, whoever ends it, and what it has said. */
export function endOf({ exited, lastLog, stop, leave }: Pick<FollowedServer, EndVerb>): Pick<FollowedServer, EndVerb> {
  return { exited, lastLog, stop, leave }
}
type EndVerb = 'exited' | 'lastLog' | 'stop' | 'leave'

export function followProcess(first: SupervisedProcess, names: ServerNames): ServerProcess {
  let { pid } = first
  const followed = followServer(processLife(first), names)
  return {
    ...followed,
    pid: () => pid,
    replace: (signal, boot) =>
      followed.replace(signal, async () => {
        const next = await boot()
        pid = next.pid
        return processLife(next)
      }),
  }
}

function processLife(supervised: SupervisedProcess): ServerLife {
  const { pid } = supervised
  return {
    ...supervised,
    label: `pid ${pid}`,
    freeze: () => freezeTree(pid),
    thaw: () => thawTree(pid),
    kill: async () => {
      await killTree(pid)
      await supervised.exited
    },
  }
}

export function followServer(first: ServerLife, { name, exitCode }: ServerNames): FollowedServer {
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
  /** A pid is its own until the supervisor has reported the exit. */
  const requireAlive = (): void => {
    const exit = current.exit()
    if (exit === undefined) return
    throw new HotbedError(exitCode, {
      message: `${name} (${current.label}) has ended by itself with status ${exit.status}.`,
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
        await current.freeze()
        condition = 'paused'
      }),
    resume: () =>
      inTurn(async () => {
        requireNotKilled()
        requireAlive()
        await current.thaw()
        condition = 'running'
      }),
    kill: () =>
      inTurn(async () => {
        if (condition === 'killed') return
        requireAlive()
        condition = 'killed'
        await withDeadline(current.kill(), KILL_MS, `the end of ${name}, which was killed,`)
      }),
    replace: (signal, boot) =>
      inTurn(async () => {
        if (condition !== 'killed') requireAlive()
        isReplacing = true
        try {
          if (condition === 'paused') await current.thaw()
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
