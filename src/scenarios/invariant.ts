import type { SuiteVerbs } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import type { Asked } from '../wire/questions.js'
import type { InvariantCheck } from '../wire/recording/race.js'
import type { CommitNotice } from '../wire/thread/commit-turnstile.js'
import { checkInvariant, lookAtInvariant, requireHolding, type Invariant } from './look-at-invariant.js'

/** An invariant that is looked at after every commit. */
export interface WatchedInvariant {
  /** Looks once more, and gives all looks in the order of the timeline. A second call gives the same. */
  readonly stop: () => Promise<readonly InvariantCheck[]>
}

const watched = new WeakSet<SuiteVerbs>()

/**
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, before anything runs, for an invariant that fails, that gives no boolean, or that does not hold yet
 */
export async function watchInvariant(verbs: SuiteVerbs, invariant: Invariant | undefined): Promise<WatchedInvariant> {
  if (invariant === undefined) return { stop: () => Promise.resolve([]) }
  checkInvariant(invariant)
  if (watched.has(verbs)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: 'An invariant of this suite is being watched already, by a race that has not ended.',
      remedy: 'Await one race before the next, or give each test a suite of its own.',
    })
  }
  const start = await lookAtInvariant(verbs, invariant, { after: 'start', position: undefined })
  requireHolding(start)
  const checks = [start]
  let failure: Error | undefined
  let hasStopped = false
  watched.add(verbs)
  await verbs.tap('watchCommits', [true])
  const serve = async (): Promise<void> => {
    while (!hasStopped) {
      const next = (await verbs.tap('nextCommit', [])) as Asked<CommitNotice> | undefined
      if (next === undefined) return
      const { text: after, position } = next
      try {
        checks.push(await lookAtInvariant(verbs, invariant, { after, position }))
      } catch (error) {
        failure ??= error as HotbedError
      }
      await verbs.tap('answerCommit', [next.id])
    }
  }
  const serving = serve()
  // Whoever stops it hears of it.
  serving.catch(() => {})
  const end = async (): Promise<readonly InvariantCheck[]> => {
    hasStopped = true
    watched.delete(verbs)
    await verbs.tap('watchCommits', [false])
    await serving
    if (failure !== undefined) throw failure
    return [...checks, await lookAtInvariant(verbs, invariant, { after: 'end', position: undefined })]
  }
  let stopping: Promise<readonly InvariantCheck[]> | undefined
  return { stop: () => (stopping ??= end()) }
}
