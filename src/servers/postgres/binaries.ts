import { isHotbedError, type HotbedError } from '../../primitives/error.js'
import type { ProviderName } from '../server.js'
import { checkBinary, type BinaryFacts } from './binary-check.js'
import { describeAbsence } from './binaries-absent.js'
import { listCandidates, type BinariesContext, type BinariesOptions, type Candidate } from './binaries-candidates.js'
import { findLacking } from './extensions/control-files.js'
import { describeLack } from './extensions/lack.js'

/** The binaries a server is started from. */
export interface PostgresBinaries extends BinaryFacts {
  readonly provider: ProviderName
  /** Holds `postgres` and `initdb`. */
  readonly directory: string
  /** Every place that was looked at, the chosen one last unless all were asked for. */
  readonly attempts: readonly BinariesAttempt[]
}

/** One place that was looked at. */
export interface BinariesAttempt {
  readonly provider: ProviderName
  readonly place: string
  readonly outcome: 'chosen' | 'not needed' | 'refused' | 'absent'
  /** Why, for people. */
  readonly reason: string
  /** As the server says it, where it was asked. */
  readonly version?: string
  /** What went wrong with binaries that are there but cannot run. */
  readonly error?: HotbedError
  /** Extensions that are wanted and not there. */
  readonly lacks?: readonly string[]
}

/** What was found, and what was looked at, whether or not it can be used. */
export interface BinariesSurvey {
  readonly chosen: PostgresBinaries | undefined
  readonly attempts: readonly BinariesAttempt[]
}

/**
 * The Postgres to run, the first that fits: `binaries`, else `HOTBED_POSTGRES_BINARIES` (unless the provider is named as
 * `embedded`), else the provider's, where embedded comes before system. One that lacks `extensions` does not fit. What was named explicitly is
 * never replaced by another, nor is what is installed but cannot run.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_NOT_FOUND` with all places, `ERR_HOTBED_POSTGRES_EXTENSION` when each lacks one, or
 * `ERR_HOTBED_POSTGRES_BINARY` for one that cannot run here
 */
export async function resolvePostgresBinaries(options: BinariesOptions, context: BinariesContext): Promise<PostgresBinaries> {
  const { chosen, attempts } = await surveyPostgresBinaries(options, context)
  if (chosen !== undefined) return chosen
  const survey = (others: BinariesOptions): Promise<BinariesSurvey> => surveyPostgresBinaries(others, context)
  const { variables } = context
  throw attempts.at(-1)?.error ?? (await describeLack(options, attempts, { survey, variables })) ?? describeAbsence(options, attempts)
}

/** As `resolvePostgresBinaries`, but answers instead of throwing: for those who want to see every place. */
export async function surveyPostgresBinaries(options: BinariesOptions, context: BinariesContext): Promise<BinariesSurvey> {
  const attempts: BinariesAttempt[] = []
  let chosen: Omit<PostgresBinaries, 'attempts'> | undefined
  for await (const candidate of listCandidates(options, context)) {
    const attempt = await examine(candidate, options, context)
    if (attempt.facts === undefined) {
      attempts.push(attempt)
      // Another version in its stead would be a surprise that shows only in plans.
      if (attempt.error !== undefined && context.everyPlace !== true) break
      continue
    }
    const { facts, directory, ...seen } = attempt
    attempts.push({ ...seen, outcome: chosen === undefined ? 'chosen' : 'not needed', version: facts.version.text })
    chosen ??= { ...facts, provider: candidate.provider, directory }
    if (context.everyPlace !== true) break
  }
  return { chosen: chosen === undefined ? undefined : { ...chosen, attempts }, attempts }
}

type Examined = BinariesAttempt & ({ readonly facts?: undefined } | { readonly facts: BinaryFacts; readonly directory: string })

async function examine(candidate: Candidate, options: BinariesOptions, context: BinariesContext): Promise<Examined> {
  const { provider, place, major, locate } = candidate
  const { version: wanted } = options
  const refuse = (found: number): BinariesAttempt => ({
    provider,
    place,
    outcome: 'refused',
    reason: `is Postgres ${found}, wanted is ${wanted}`,
  })
  if (wanted !== undefined && major !== undefined && major !== wanted) return refuse(major)
  try {
    const located = await locate()
    if (typeof located === 'string') return { provider, place, outcome: 'absent', reason: located }
    const facts = await checkBinary(located.directory, context.user, context.cacheDirectory)
    const { text, major: found } = facts.version
    if (wanted !== undefined && found !== wanted) return refuse(found)
    const lacking = findLacking(located.directory, found, options.extensions ?? [])
    if (lacking !== undefined) {
      const files = lacking.names.map((name) => `${name}.control`).join(', ')
      return {
        provider,
        place,
        outcome: 'refused',
        reason: `Postgres ${text} has no ${files} in ${lacking.folder}`,
        version: text,
        lacks: lacking.names,
      }
    }
    return { provider, place, outcome: 'chosen', reason: located.reason, facts, directory: located.directory }
  } catch (error) {
    if (!isHotbedError(error)) throw error
    return { provider, place, outcome: 'refused', reason: error.message, error }
  }
}
