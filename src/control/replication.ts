import type { ReplicationRequest, SuiteVerbs } from '../databases/suite-parts.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { noteControlled } from './live-controls.js'

export interface CaughtUpOptions {
  /** @default 30_000 */
  readonly timeoutMs?: number
}

/** Stops replays, of one replica or of all. */
export async function hold(verbs: SuiteVerbs, replica: number | undefined): Promise<AsyncDisposable> {
  noteControlled(verbs)
  await verbs.replicate({ act: 'hold', replica })
  return { [Symbol.asyncDispose]: () => release(verbs, replica) }
}

export async function release(verbs: SuiteVerbs, replica: number | undefined): Promise<void> {
  await verbs.replicate({ act: 'release', replica })
}

export async function bytes(verbs: SuiteVerbs, replica: number | undefined): Promise<number> {
  return Number(await verbs.replicate({ act: 'bytes', replica }))
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_TIMEOUT`; `ERR_HOTBED_QUERY` for a replay that is held */
export async function caughtUp(verbs: SuiteVerbs, replica: number | undefined, options: CaughtUpOptions = {}): Promise<void> {
  checkOptionNames(options, ['timeoutMs'], 'lag.caughtUp()')
  const { timeoutMs } = options
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs < 2 ** 31)) throw wrongOption('timeoutMs', 'milliseconds above 0', timeoutMs)
  const request: ReplicationRequest = { act: 'caughtUp', replica, timeoutMs }
  await verbs.replicate(request)
}

export async function failover(verbs: SuiteVerbs): Promise<void> {
  await verbs.replicate({ act: 'failover' })
}
