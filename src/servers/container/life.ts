import { withDeadline } from '../../primitives/deadline.js'
import { errorFields } from '../../primitives/error-fields.js'
import type { ProcessExit, StopSignal } from '../../primitives/supervised-process.js'
import type { ServerLife } from '../server-process.js'
import { engineFailure, isMissing, type Engine } from './engine.js'
import { leaveContainer } from './guard.js'
import type { ContainerLog } from './log.js'
import { onceResumed } from './once-resumed.js'

type DockerContainer = ReturnType<Engine['docker']['getContainer']>

/** An end that was asked for comes within this time, or the container is killed. */
const GRACE_MS = 60_000
const KILL_MS = 20_000
/** As the shell has it for what cannot be found out. */
const UNKNOWN_STATUS = 255
/** Not in a state for it: it has ended meanwhile. */
const CONFLICT = 409

/** A container from one start to its end. */
export function openContainerLife(container: DockerContainer, log: ContainerLog, remove: () => Promise<void>): ServerLife {
  let exit: ProcessExit | undefined
  const exited = log.ended.then(async () => {
    exit = { status: await readStatus(container, log) }
    return exit
  })
  const signal = async (name: StopSignal): Promise<void> => {
    await onceResumed(() => container.kill({ signal: `SIG${name}` })).catch((error: unknown) => {
      if (!isMissing(error) && Reflect.get(Object(error), 'statusCode') !== CONFLICT)
        throw engineFailure('A container could not be stopped', error)
    })
  }
  const kill = async (): Promise<void> => {
    await signal('KILL')
    await withDeadline(exited, KILL_MS, 'the end of a container that was killed', log.last)
  }
  return {
    pid: undefined,
    label: `container ${container.id.slice(0, 12)}`,
    exited,
    exit: () => exit,
    lastLog: log.last,
    freeze: () => orFailure('The container could not be paused', container.pause()),
    thaw: () => orFailure('The container could not be unpaused', container.unpause()),
    kill,
    stop: async ({ signal: wanted = 'KILL', keepDirectory = false } = {}) => {
      if (!keepDirectory) return remove()
      if (exit !== undefined) return
      await signal(wanted)
      await withDeadline(exited, GRACE_MS, 'the end of a container').catch(kill)
    },
    leave: () => leaveContainer(container.id),
  }
}

async function readStatus(container: DockerContainer, log: ContainerLog): Promise<number> {
  try {
    const { StatusCode } = (await container.wait()) as { readonly StatusCode: number }
    return StatusCode
  } catch (error) {
    // Gone with its status: somebody has removed it, or the engine has ended.
    if (!isMissing(error)) log.add(`hotbed: the container engine does not answer: ${errorFields(error).message.trim()}`)
    return UNKNOWN_STATUS
  }
}

async function orFailure(what: string, work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    throw engineFailure(what, error)
  })
}
