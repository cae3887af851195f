import { findLeftovers, type Leftover } from '../../databases/sweep.js'
import { resolveCacheDirectory } from '../../primitives/cache-directory.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { findUnprivilegedUser } from '../../primitives/unprivileged-user.js'
import { describeProblem, type Problem } from './problem.js'
import { surveyCache, type CacheFindings } from './survey-cache.js'
import { surveyPostgres, type PostgresFindings } from './survey-postgres.js'
import { surveyRedis, type RedisFindings } from './survey-redis.js'
import { surveyRunDirectories, type RunDirectoryFindings } from './survey-run-directories.js'

/** What `hotbed doctor` knows; `--json` prints it as it is. */
export interface Findings {
  readonly hotbed: string
  readonly node: { readonly version: string; readonly supported: boolean; readonly platform: string; readonly arch: string }
  /** `serversRunAs` when we are root, which Postgres refuses. */
  readonly user: { readonly uid: number | undefined; readonly serversRunAs: number | undefined }
  readonly postgres: PostgresFindings | undefined
  readonly redis: RedisFindings | undefined
  readonly runDirectories: readonly RunDirectoryFindings[]
  readonly cache: CacheFindings | undefined
  readonly leftovers: readonly Leftover[]
  /** Empty when tests can run here. */
  readonly problems: readonly Problem[]
}

const OLDEST_NODE = [20, 19] as const

/** Looks at everything. What fails is a problem among the findings. */
export async function survey(hotbedVersion: string): Promise<Findings> {
  const problems: Problem[] = []
  const attempt = async <T>(look: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await look()
    } catch (error) {
      problems.push(describeProblem(error))
      return undefined
    }
  }
  const supported = isNodeSupported(process.versions.node)
  if (!supported)
    problems.push({ message: `Node ${process.versions.node} is too old.`, remedy: `Install Node ${OLDEST_NODE.join('.')} or newer.` })
  const user = await attempt(findUnprivilegedUser)
  const cacheDirectory = await attempt(() => resolveCacheDirectory())
  const postgres = cacheDirectory === undefined ? undefined : await attempt(() => surveyPostgres(user, cacheDirectory))
  const redis = cacheDirectory === undefined ? undefined : await attempt(() => surveyRedis(cacheDirectory))
  const runDirectories = surveyRunDirectories(user)
  if (!runDirectories.some((directory) => directory.chosen))
    problems.push({
      message: 'No directory has room for the files of the servers.',
      remedy: 'Free some space, or set HOTBED_RUN_DIRECTORY to a directory with a short path and enough room.',
    })
  for (const found of [postgres, redis]) if (found?.problem !== undefined) problems.push(found.problem)
  return {
    hotbed: hotbedVersion,
    node: { version: process.versions.node, supported, platform: process.platform, arch: process.arch },
    user: describeUser(user),
    postgres,
    redis,
    runDirectories,
    cache: cacheDirectory === undefined ? undefined : await surveyCache(cacheDirectory),
    leftovers: await findLeftovers(),
    problems,
  }
}

function isNodeSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
}

function describeUser(user: ProcessUser | undefined): Findings['user'] {
  return { uid: process.getuid?.(), serversRunAs: user?.uid }
}
