import { readEnvironment } from '../../primitives/environment.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { resolvePostgresBinaries, surveyPostgresBinaries, type PostgresBinaries } from '../../servers/postgres/binaries.js'
import { listExtensions } from '../../servers/postgres/extensions/control-files.js'
import { describeProblem, type Problem } from './problem.js'

/** The Postgres that a stack without further wishes gets, and every place that was looked at. */
export interface PostgresFindings {
  readonly chosen: ChosenPostgres | undefined
  readonly places: readonly {
    readonly place: string
    readonly provider: string
    readonly outcome: string
    readonly reason: string
    readonly version?: string
  }[]
  readonly problem?: Problem
}

export interface ChosenPostgres {
  readonly version: string
  readonly provider: string
  readonly directory: string
  readonly reason: string
  readonly libc: string
  readonly icu: string | undefined
  /** Names that `extensions` may have; `undefined` when their directory is unknown. */
  readonly extensions: readonly string[] | undefined
}

export async function surveyPostgres(user: ProcessUser | undefined, cacheDirectory: string): Promise<PostgresFindings> {
  const context = { user, cacheDirectory }
  let chosen: PostgresBinaries | undefined
  let problem: Problem | undefined
  try {
    chosen = await resolvePostgresBinaries({}, context)
  } catch (error) {
    problem = describeProblem(error)
  }
  const { attempts } = await surveyPostgresBinaries({}, { ...context, everyPlace: true })
  const reason = chosen?.attempts.find(({ outcome }) => outcome === 'chosen')?.reason ?? ''
  return {
    chosen: chosen === undefined ? undefined : describeChosen(chosen, reason),
    // A run takes no other place than the one that was named, nor one after binaries that cannot run: `chosen` is what the run takes.
    places: attempts.map(({ place, provider, outcome, reason: why, version }) => ({
      place,
      provider,
      outcome: outcome === 'chosen' && chosen === undefined ? 'not taken' : outcome,
      reason: why,
      ...(version === undefined ? {} : { version }),
    })),
    ...(problem === undefined ? {} : { problem: withNamedPlace(problem) }),
  }
}

function withNamedPlace(problem: Problem): Problem {
  const { postgresBinaries } = readEnvironment()
  return postgresBinaries === undefined
    ? problem
    : { ...problem, remedy: `Correct HOTBED_POSTGRES_BINARIES, which names ${postgresBinaries}, or unset it.` }
}

function describeChosen({ version, provider, directory, libc, icu }: PostgresBinaries, reason: string): ChosenPostgres {
  return { version: version.text, provider, directory, reason, libc, icu, extensions: listExtensions(directory, version.major) }
}
