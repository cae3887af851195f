import type { ReplicationRequest, SuiteVerbs } from './databases/suite-parts.js'
import type { SuiteTap } from './wire/tap.js'

export interface TappedReplication {
  readonly replicate: SuiteVerbs['replicate']
  /** All that was held is not held any more. */
  readonly released: () => Promise<void>
}

/**
 * What is done to replicas, and told to the tap: it writes down when a replay stood still, and leads to whichever server is the primary.
 *
 * @param count of the replicas
 */
export function createTappedReplication(
  tap: Pick<SuiteTap, 'setReplayHeld' | 'setDown' | 'promote'>,
  { replicate }: Pick<SuiteVerbs, 'replicate'>,
  count: number,
): TappedReplication {
  const standbys = new Set(Array.from({ length: count }, (_, replica) => replica))
  const held = new Set<number>()
  const tell = (): Promise<void> => tap.setReplayHeld([...held])
  const eachOf = (request: Extract<ReplicationRequest, { readonly act: 'hold' | 'release' | 'bytes' }>): readonly number[] =>
    request.replica === undefined ? [...standbys] : [request.replica]
  const failOver = async (): ReturnType<SuiteVerbs['replicate']> => {
    // Whoever connects meanwhile finds nobody, as at an address that is about to be moved.
    await tap.setDown('postgres', true)
    try {
      const promoted = await replicate({ act: 'failover' })
      if (typeof promoted !== 'number') return promoted
      standbys.delete(promoted)
      held.delete(promoted)
      await tell()
      await tap.promote(promoted)
      return promoted
    } finally {
      await tap.setDown('postgres', false)
    }
  }
  return {
    replicate: async (request) => {
      if (request.act === 'failover') return failOver()
      // Told after a hold has begun, and before it ends: what lies between was held for certain.
      if (request.act === 'release') {
        for (const replica of eachOf(request)) held.delete(replica)
        await tell()
      }
      const given = await replicate(request)
      if (request.act === 'hold') {
        for (const replica of eachOf(request)) held.add(replica)
        await tell()
      }
      return given
    },
    released: async () => {
      if (held.size === 0) return
      held.clear()
      await tell()
    },
  }
}
