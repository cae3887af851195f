import { HotbedError } from '../primitives/error.js'
import type { ServerCondition } from '../servers/server-process.js'
import type { Server } from '../servers/server.js'
import type { ControlRequest, ServerLimits } from './suite-parts.js'

/** How the server of one store is acted on. */
export interface StoreControl {
  /** Gives the limits as they were before. */
  readonly act: (request: ControlRequest) => Promise<ServerLimits>
  /** Refuses what would wait for an answer for ever. */
  readonly requireUp: () => void
  /** Refuses `call` for a server that is somebody else's. */
  readonly requireOwned: (call: string) => void
  readonly isUp: () => boolean
  /** Lets the server run again, and without limits; gives what was in effect, in the words of the calls that brought it. */
  readonly takeBack: () => Promise<readonly string[]>
  /** Before the server goes: sessions of one that is frozen would never end. */
  readonly abandon: () => Promise<void>
  /** From here on the server is somebody else's. */
  readonly giveAway: () => void
}

/** What one store does in its own way. */
export interface ControlledStore {
  readonly store: 'postgres' | 'redis'
  /** Another one after a failover. */
  readonly server: Server
  /** Refuses to act on the server as a whole. */
  readonly requireOwn?: (call: string) => void
  readonly restart: (request: Extract<ControlRequest, { act: 'restart' }>) => Promise<void>
  readonly setLimits: (limits: ServerLimits) => Promise<void>
}

const NAMES = { postgres: 'Postgres', redis: 'Redis' }

export function createStoreControl(controlled: ControlledStore): StoreControl {
  const { store, requireOwn, restart, setLimits } = controlled
  let limits: ServerLimits = {}
  let isGivenAway = false
  const call = (verb: string): string => `suite.${store}.control.${verb}`
  const readCondition = (): ServerCondition => controlled.server.control?.condition() ?? 'running'
  const exitCode = `ERR_HOTBED_${store === 'postgres' ? 'POSTGRES' : 'REDIS'}_EXITED` as const

  const change = async (wanted: ServerLimits): Promise<void> => {
    requireUp()
    try {
      await setLimits(wanted)
    } catch (error) {
      // What failed is what is wrong; the server is up, so the limits that it had can be had again.
      await setLimits(limits).catch(() => {})
      throw error
    }
    limits = wanted
  }
  const start = async (request: Extract<ControlRequest, { act: 'restart' }>): Promise<void> => {
    await restart(request)
    if (hasAny(limits)) await setLimits(limits)
  }
  const requireOwned = (name: string): void => {
    if (!isGivenAway) return
    throw new HotbedError('ERR_HOTBED_ISOLATION', {
      message: `${name} would act on a server that this suite has given away by suite.keep().`,
      remedy: `Call ${name} before suite.keep().`,
    })
  }
  const requireAlive = (): void => {
    if (readCondition() !== 'killed') return
    throw new HotbedError(exitCode, {
      message: `${NAMES[store]} was killed by ${call('kill()')}; nothing can be asked of it.`,
      remedy: `await ${call('restart()')}`,
    })
  }
  const requireUp = (): void => {
    requireAlive()
    if (readCondition() !== 'paused') return
    throw new HotbedError('ERR_HOTBED_QUERY', {
      message: `${NAMES[store]} is paused by ${call('pause()')}; nothing can be asked of it.`,
      remedy: `await ${call('resume()')}`,
    })
  }

  return {
    requireUp,
    requireOwned,
    isUp: () => readCondition() === 'running',
    abandon: async () => {
      if (readCondition() === 'paused') await controlled.server.control?.kill()
    },
    giveAway: () => {
      isGivenAway = true
    },
    act: async (request) => {
      const before = limits
      const { act } = request
      const name = call(`${act === 'setLimits' ? 'limit' : act}()`)
      requireOwned(name)
      if (act === 'limit') await change({ ...limits, ...request.limits })
      else if (act === 'setLimits') await change(request.limits)
      else {
        const { control } = controlled.server
        if (control === undefined) throw notOurs(name, controlled.server)
        requireOwn?.(name)
        if (act === 'pause' || act === 'resume') requireAlive()
        if (act === 'restart') await start(request)
        else await control[act]()
      }
      return before
    },
    takeBack: async () => {
      const condition = readCondition()
      const found = [
        ...(condition === 'paused' ? [call('pause()')] : []),
        ...(condition === 'killed' ? [call('kill()')] : []),
        ...(hasAny(limits) ? [call(`limit(${printLimits(limits)})`)] : []),
      ]
      if (condition === 'paused') await controlled.server.control?.resume()
      if (condition === 'killed') await start({ act: 'restart' })
      if (hasAny(limits)) await change({})
      return found
    },
  }
}

function notOurs(name: string, { provider }: Server): HotbedError {
  return new HotbedError('ERR_HOTBED_ISOLATION', {
    message: `${name} acts on the whole server, which is not ours to control: provider '${provider}' reaches it by its URL alone.`,
    remedy: "Use provider: 'embedded' or 'system'; for Postgres with isolation: 'server'.",
  })
}

function hasAny(limits: ServerLimits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined)
}

function printLimits(limits: ServerLimits): string {
  const parts = Object.entries(limits).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${typeof value === 'string' ? `'${value}'` : value}`],
  )
  return `{ ${parts.join(', ')} }`
}
