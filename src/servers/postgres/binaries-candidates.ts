import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readEnvironment } from '../../primitives/environment.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import type { PostgresServerOptions, ProviderName } from '../server.js'
import { checkBinary } from './binary-check.js'
import {
  defaultSearchOrigins,
  findEmbeddedPackage,
  platformPackageName,
  useEmbeddedPackage,
  type UsableBinaries,
} from './embedded-binaries.js'
import { findBarrier } from '../../primitives/barrier.js'
import { findSystemBinaries, holdsPostgres, SYSTEM_PATTERNS } from './system-binaries.js'

/** Where and for whom binaries are looked for. */
export interface BinariesContext {
  /** Who the server will run as; see `findUnprivilegedUser`. */
  readonly user: ProcessUser | undefined
  readonly cacheDirectory: string
  /** Looks at every place, also after one was chosen. @default false */
  readonly everyPlace?: boolean
  /** URLs of files from which the npm package is looked for. @default the project, then ourselves */
  readonly origins?: readonly string[]
  /** @default SYSTEM_PATTERNS */
  readonly systemPatterns?: readonly string[]
  /** @default process.env */
  readonly variables?: NodeJS.ProcessEnv
}

/** Which binaries are wanted. */
export type BinariesOptions = Pick<PostgresServerOptions, 'provider' | 'version' | 'binaries' | 'extensions'>

/** A place that may have binaries. */
export interface Candidate {
  readonly provider: ProviderName
  readonly place: string
  /** Majors other than the wanted one are refused before any work. */
  readonly major?: number
  /** Finds the directory, or says why there is none. */
  readonly locate: () => Promise<UsableBinaries> | string
}

/** The places in the order in which they are looked at. */
export async function* listCandidates(options: BinariesOptions, context: BinariesContext): AsyncGenerator<Candidate> {
  const { provider } = options
  const variables = context.variables ?? process.env
  if (options.binaries !== undefined) {
    yield explicitCandidate(options.binaries, "option 'binaries'", context)
    return
  }
  const { postgresBinaries } = readEnvironment(variables)
  if (postgresBinaries !== undefined && provider !== 'embedded') {
    yield explicitCandidate(postgresBinaries, 'HOTBED_POSTGRES_BINARIES', context)
    if (context.everyPlace !== true) return
  }
  if (provider !== 'system') yield* embeddedCandidates(context)
  if (provider !== 'embedded') yield* systemCandidates(context, variables)
}

function explicitCandidate(directory: string, origin: string, context: BinariesContext): Candidate {
  const place = resolve(directory)
  return {
    provider: 'system',
    place: `${place} (${origin})`,
    locate: () => (holdsPostgres(place) ? useInPlace(place, origin, context.user) : describeHole(place)),
  }
}

function describeHole(directory: string): string {
  if (!existsSync(directory)) return 'does not exist'
  const missing = ['postgres', 'initdb'].filter((name) => !existsSync(join(directory, name)))
  return `has no ${missing.join(' and no ')}`
}

async function* embeddedCandidates(context: BinariesContext): AsyncGenerator<Candidate> {
  const name = platformPackageName()
  for (const origin of context.origins ?? defaultSearchOrigins()) {
    const found = findEmbeddedPackage(origin)
    const place = `npm package ${name} as seen from ${origin}`
    yield found === undefined
      ? { provider: 'embedded', place, locate: () => 'is not installed' }
      : {
          provider: 'embedded',
          place,
          major: Number.parseInt(found.version, 10),
          locate: () => useEmbeddedPackage(found, context.user, context.cacheDirectory),
        }
  }
}

async function* systemCandidates(context: BinariesContext, variables: NodeJS.ProcessEnv): AsyncGenerator<Candidate> {
  const patterns = context.systemPatterns ?? SYSTEM_PATTERNS
  const directories = await findSystemBinaries(variables, context.cacheDirectory, patterns)
  if (directories.length === 0) {
    yield {
      provider: 'system',
      place: [...patterns, 'pg_config and postgres in PATH'].join(', '),
      locate: () => 'no directory with postgres and initdb',
    }
  }
  for (const directory of await newestFirst(directories, context)) {
    yield { provider: 'system', place: directory, locate: () => useInPlace(directory, 'installed on this system', context.user) }
  }
}

async function newestFirst(directories: readonly string[], context: BinariesContext): Promise<readonly string[]> {
  if (directories.length < 2) return directories
  const majors = await Promise.all(
    directories.map((directory) =>
      checkBinary(directory, context.user, context.cacheDirectory).then(
        ({ version }) => version.major + version.minor / 1000,
        () => 0,
      ),
    ),
  )
  return directories
    .map((directory, at) => ({ directory, major: majors[at] ?? 0 }))
    .toSorted((a, b) => b.major - a.major)
    .map(({ directory }) => directory)
}

function useInPlace(directory: string, reason: string, user: ProcessUser | undefined): Promise<UsableBinaries> | string {
  const barrier = findBarrier(directory, user)
  return barrier === undefined
    ? Promise.resolve({ directory, reason })
    : `user ${user?.uid ?? process.getuid?.()}, who runs Postgres, may not enter ${barrier}`
}
