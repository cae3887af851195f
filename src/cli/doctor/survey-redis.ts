import { findRedisBinary, requireRedisBinary } from '../../servers/redis/find-redis.js'
import { describeProblem, type Problem } from './problem.js'

/** The Redis that a stack without further wishes gets, and the places that were looked at before it was found. */
export interface RedisFindings {
  readonly chosen:
    | { readonly version: string; readonly flavour: string; readonly provider: string; readonly path: string; readonly reason: string }
    | undefined
  readonly places: readonly { readonly place: string; readonly outcome: string }[]
  readonly problem?: Problem
}

export async function surveyRedis(cacheDirectory: string): Promise<RedisFindings> {
  const { chosen, tried } = await findRedisBinary({}, { cacheDirectory })
  if (chosen === undefined) {
    const error = await requireRedisBinary({}, { cacheDirectory }).catch((reason: unknown) => reason)
    return { chosen: undefined, places: tried, problem: describeProblem(error) }
  }
  const { version, flavour, provider, path, source } = chosen
  return { chosen: { version: version.text, flavour, provider, path, reason: source }, places: tried }
}
