import type { ControlRequest, ServerLimits, SuiteVerbs } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { checkLimits } from './check-limits.js'
import { noteControlled } from './live-controls.js'

type Store = 'postgres' | 'redis'

/** A limit that holds until it is removed, or the suite is reset. */
export interface ServerLimit {
  /** Brings back what held before. */
  readonly remove: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** How Postgres ends before it is started again. */
export interface PostgresRestartOptions {
  /** As `pg_ctl stop -m` has it: `fast` ends sessions with 57P01 and writes a checkpoint; `immediate` is a crash of its own making. @default 'fast' */
  readonly mode?: 'fast' | 'immediate'
}

export interface RedisRestartOptions {
  /** Saves the keys before and loads them after, as a Redis with persistence does. @default false */
  readonly keepData?: boolean
}

const OPTIONS = { postgres: ['mode'], redis: ['keepData'] }
const LIMITS = { postgres: ['connections'], redis: ['connections', 'memory', 'policy'] } as const

/** Sends one request, and notes that this suite may have something in effect. */
export async function control(verbs: SuiteVerbs, store: Store, request: ControlRequest): Promise<ServerLimits> {
  noteControlled(verbs)
  return verbs.control(store, request)
}

export async function pause(verbs: SuiteVerbs, store: Store): Promise<AsyncDisposable> {
  await control(verbs, store, { act: 'pause' })
  return { [Symbol.asyncDispose]: async () => void (await control(verbs, store, { act: 'resume' })) }
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export async function restart(verbs: SuiteVerbs, store: Store, options: PostgresRestartOptions & RedisRestartOptions = {}): Promise<void> {
  checkOptionNames(options, OPTIONS[store], `${store}.control.restart()`)
  const { mode, keepData } = options
  if (mode !== undefined && mode !== 'fast' && mode !== 'immediate') throw wrongOption('mode', "'fast' or 'immediate'", mode)
  if (keepData !== undefined && typeof keepData !== 'boolean') throw wrongOption('keepData', 'true or false', keepData)
  await control(verbs, store, { act: 'restart', mode, keepData })
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_QUERY` with what the server says against it */
export async function limit(verbs: SuiteVerbs, store: Store, limits: ServerLimits): Promise<ServerLimit> {
  checkLimits(limits, LIMITS[store], `${store}.control.limit()`)
  const before = await control(verbs, store, { act: 'limit', limits })
  let removing: Promise<void> | undefined
  const bringBack = async (): Promise<void> => void (await control(verbs, store, { act: 'setLimits', limits: before }))
  const remove = (): Promise<void> => (removing ??= bringBack())
  return { remove, [Symbol.asyncDispose]: remove }
}

export async function refuseFailover(): Promise<never> {
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: 'redis.control.failover() needs a replica that takes over, and the stack of this suite has none.',
    remedy: 'What an application sees of a lost primary: redis.control.kill(), then restart().',
  })
}
