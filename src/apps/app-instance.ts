import { join } from 'node:path'
import { createDeadline, withDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import { findFreePort } from '../primitives/free-port.js'
import { readStartTime } from '../primitives/process-identity.js'
import { startSupervisedProcess, type SupervisedProcess } from '../primitives/supervised-process.js'
import type { AppInstance } from './app.js'
import type { AppProgram } from './app-command.js'
import { awaitReady, type ReadySign } from './await-ready.js'
import { urlOf, type Address } from './send-request.js'
import { readTakenPort, statusText, type Startup } from './startup-failure.js'

/** What one instance is made of. */
export interface InstancePlan {
  readonly name: string
  readonly program: AppProgram
  readonly cwd: string
  readonly ready: ReadySign
  readonly timeoutMs: number
  readonly portVariable: string
  /** Of the logs. */
  readonly directory: string
  /** Of the clock that instances follow: nobody else removes it when our process is killed. */
  readonly clockDirectory: string | undefined
  readonly environment: (port: number) => NodeJS.ProcessEnv
}

/** An instance, and what its application asks of it. */
export interface OwnedInstance {
  readonly instance: AppInstance
  /** Undefined while it does not run, or is not ready. */
  readonly address: () => Address | undefined
}

const GRACE_MS = 5_000
/** Another program may take a port between the moment at which it was found free and the one at which it is used. */
const PORTS_TRIED = 3

/**
 * @param changed called when it is ready, when it is about to end, and when it has ended
 * @param givenUp aborted when nobody waits for it any more
 */
export async function startInstance(plan: InstancePlan, changed: () => Promise<void>, givenUp: AbortSignal): Promise<OwnedInstance> {
  const { name } = plan
  const logFile = join(plan.directory, `${name.replaceAll(/\W+/g, '-')}.log`)
  let running: { readonly supervised: SupervisedProcess; readonly startTime: string | undefined }
  let address: Address
  let isReady = false

  const run = async (port: number): Promise<Startup> => {
    const { program, args, text } = plan.program
    const supervised = await startSupervisedProcess({
      command: program,
      args,
      cwd: plan.cwd,
      env: plan.environment(port),
      logFile,
      directory: plan.directory,
      runDirectory: plan.clockDirectory,
      // When we are dead, nobody is left that it could end in order for.
      stopSignal: 'KILL',
      graceMs: 0,
      endsGroup: true,
    })
    const started = { supervised, startTime: readStartTime(supervised.pid) }
    running = started
    void supervised.exited.then(async () => {
      await endGroup(supervised)
      if (running !== started) return
      // Where the application is being ended, its address may have gone before.
      await leave().catch(() => {})
    })
    const waitingFor = plan.ready instanceof RegExp ? `a line like ${plan.ready} in the log` : `an answer to GET ${plan.ready ?? '/'}`
    return { name, command: text, supervised, port, portVariable: plan.portVariable, waitingFor }
  }

  const begin = async (port: number): Promise<void> => {
    const startup = await run(port)
    try {
      address = await awaitReady(startup, plan.ready, plan.timeoutMs, givenUp)
    } catch (error) {
      await endGroup(startup.supervised)
      throw error
    }
    isReady = true
    await changed()
  }

  const signal = (what: NodeJS.Signals): void => {
    const { supervised, startTime } = running
    if (supervised.exit() === undefined && readStartTime(supervised.pid) === startTime) process.kill(supervised.pid, what)
  }

  const leave = async (): Promise<void> => {
    isReady = false
    await changed()
  }

  const stop: AppInstance['stop'] = async ({ graceMs = GRACE_MS } = {}) => {
    const { supervised } = running
    if (supervised.exit() === undefined) {
      // First of all nothing more is sent to it, as where a load balancer is told of a deployment.
      await leave()
      signal('SIGTERM')
      await withDeadline(supervised.exited, graceMs, 'its end').catch(() => {})
    }
    await endGroup(supervised)
  }

  const instance: AppInstance = {
    name,
    get url() {
      return urlOf(address)
    },
    get pid() {
      return running.supervised.pid
    },
    get exitStatus() {
      return running.supervised.exit()?.status
    },
    log: (lines = 20) => running.supervised.lastLog(lines),
    kill: async (what = 'SIGKILL') => {
      const exit = running.supervised.exit()
      if (exit !== undefined) {
        throw new HotbedError('ERR_HOTBED_DISPOSED', {
          message: `${name} of '${plan.program.text}' has ended with ${statusText(exit.status)}, so ${what} has nobody to go to.`,
          log: running.supervised.lastLog(20),
        })
      }
      if (what !== 'SIGKILL') {
        signal(what)
        return
      }
      await endGroup(running.supervised)
      await leave()
    },
    stop,
    restart: async () => {
      await stop()
      await begin(address.port)
    },
  }

  const deadline = createDeadline(plan.timeoutMs)
  for (let tried = 1; ; tried += 1) {
    const port = await findFreePort()
    try {
      await begin(port)
      break
    } catch (error) {
      const wasTaken = error instanceof HotbedError && readTakenPort(error.log) === port
      if (!wasTaken || givenUp.aborted || tried === PORTS_TRIED || deadline.isOver()) throw error
    }
  }
  return { instance, address: () => (isReady ? address : undefined) }
}

/** Ends a process with what it has started. Its log stays. */
async function endGroup(supervised: SupervisedProcess): Promise<void> {
  await supervised.stop({ signal: 'KILL', keepDirectory: true })
}
