import { findPackageManager, installLine, listAptPackages, sudo, type PackageManager } from '../../package-manager.js'
import { CONTRIB_EXTENSIONS } from './deciding.js'

/** How the packages of Debian, and of apt.postgresql.org, call what they bring, after `postgresql-15-`; else it is the extension's name. */
const DEBIAN_NAMES: Readonly<Record<string, string>> = {
  vector: 'pgvector',
  postgis: 'postgis-3',
  postgis_raster: 'postgis-3',
  postgis_topology: 'postgis-3',
  postgis_sfcgal: 'postgis-3',
  postgis_tiger_geocoder: 'postgis-3',
  pg_partman: 'partman',
  pg_repack: 'repack',
  pg_squeeze: 'squeeze',
}

/** Formulae of Homebrew. */
const BREW_NAMES: Readonly<Record<string, string>> = {
  vector: 'pgvector',
  postgis: 'postgis',
  postgis_raster: 'postgis',
  postgis_topology: 'postgis',
  timescaledb: 'timescale/tap/timescaledb',
}

/** Packages of Alpine and Fedora, where one stands for all majors. */
const APK_NAMES: Readonly<Record<string, string>> = {
  vector: 'postgresql-pgvector',
  postgis: 'postgis',
  postgis_raster: 'postgis',
  postgis_topology: 'postgis',
}
const DNF_NAMES: Readonly<Record<string, string>> = {
  vector: 'pgvector',
  postgis: 'postgis',
  postgis_raster: 'postgis',
  postgis_topology: 'postgis',
}

/** Images that are made for one extension. */
const IMAGES: Readonly<Record<string, (major: number) => string>> = {
  vector: (major) => `pgvector/pgvector:pg${major}`,
  postgis: (major) => `postgis/postgis:${major}-3.5`,
  postgis_raster: (major) => `postgis/postgis:${major}-3.5`,
  postgis_topology: (major) => `postgis/postgis:${major}-3.5`,
  timescaledb: (major) => `timescale/timescaledb:latest-pg${major}`,
  pg_search: () => 'paradedb/paradedb:latest',
}

/** Names of extensions that are known to be had somewhere: to tell a slip of the finger. */
export function knownExtensions(): readonly string[] {
  return [...CONTRIB_EXTENSIONS, ...Object.keys(DEBIAN_NAMES), ...Object.keys(IMAGES), ...WELL_KNOWN]
}

/** False: the name of a package would be a guess. */
function areKnown(extensions: readonly string[]): boolean {
  const known = knownExtensions()
  return extensions.every((extension) => known.includes(extension))
}

const WELL_KNOWN = [
  'hypopg',
  'pgaudit',
  'pg_hint_plan',
  'pg_stat_kcache',
  'pg_qualstats',
  'pg_wait_sampling',
  'pgrouting',
  'pgtap',
  'citus',
]

function debianSuffix(extension: string): string {
  return DEBIAN_NAMES[extension] ?? extension.replaceAll('_', '-')
}

/**
 * The command that brings extensions to a Postgres of this system, exact as far as its package manager can be asked; `undefined` where there is
 * none that is known, or no package.
 *
 * @param major of the Postgres that is installed, or wanted
 */
export async function extensionInstallLine(
  extensions: readonly string[],
  major: number | undefined,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const manager = findPackageManager(variables)
  if (manager === undefined) return undefined
  if (manager === 'apt') return aptLine(extensions, major, variables)
  const packages = extensions.map((extension) => packageOf(manager, extension))
  return packages.includes(undefined)
    ? undefined
    : installLine(manager, [...new Set([postgresOf(manager, major), ...packages.map(String)])])
}

function packageOf(manager: Exclude<PackageManager, 'apt'>, extension: string): string | undefined {
  // Homebrew's Postgres has its contrib modules with it.
  if (CONTRIB_EXTENSIONS.has(extension)) return manager === 'brew' ? undefined : 'postgresql-contrib'
  if (manager === 'brew') return BREW_NAMES[extension]
  return manager === 'apk' ? (APK_NAMES[extension] ?? `postgresql-${extension}`) : DNF_NAMES[extension]
}

function postgresOf(manager: Exclude<PackageManager, 'apt'>, major: number | undefined): string {
  if (manager === 'brew') return major === undefined ? 'postgresql' : `postgresql@${major}`
  return manager === 'apk' ? `postgresql${major ?? ''}` : 'postgresql-server'
}

/** What Debian lacks, apt.postgresql.org mostly has; its script comes with postgresql-common (wiki.postgresql.org/wiki/Apt). */
const PGDG = '/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y'

async function aptLine(
  extensions: readonly string[],
  wanted: number | undefined,
  variables: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const known = await listAptPackages('postgresql', variables)
  const majors = wanted === undefined ? majorsIn(known) : [wanted]
  const packagesFor = (major: number): readonly string[] => [
    ...new Set(
      extensions.map((name) => (CONTRIB_EXTENSIONS.has(name) ? `postgresql-${major}` : `postgresql-${major}-${debianSuffix(name)}`)),
    ),
  ]
  const major = majors.find((one) => packagesFor(one).every((name) => known.has(name)))
  if (major !== undefined) return installLine('apt', packagesFor(major))
  if (!areKnown(extensions)) return undefined
  const packages = packagesFor(majors[0] ?? NEWEST)
  if (known.size === 0) return `${sudo('apt')}apt-get update && ${installLine('apt', packages)}`
  return `${installLine('apt', ['postgresql-common'])} && ${sudo('apt')}${PGDG} && ${installLine('apt', packages)}`
}

const NEWEST = 18

/** Majors of the servers that can be installed, the newest first. */
function majorsIn(packages: ReadonlySet<string>): readonly number[] {
  return [...packages]
    .flatMap((name) => /^postgresql-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => b - a)
}

/** How to name an image that has the extensions: one made for it, or how to make one. */
export function extensionImage(extensions: readonly string[], major: number = NEWEST - 1): string {
  const official = `postgres:${major}`
  const others = extensions.filter((extension) => !CONTRIB_EXTENSIONS.has(extension))
  const [only, ...more] = others.length === 0 ? [official] : new Set(others.map((extension) => IMAGES[extension]?.(major)))
  if (only !== undefined && more.length === 0) return `postgres: { image: '${only}' }`
  if (!areKnown(extensions)) return 'postgres: { image: … }'
  const packages = [...new Set(others.map((extension) => `postgresql-${major}-${debianSuffix(extension)}`))]
  return `postgres: { image: … }, made of FROM ${official} and RUN apt-get update && apt-get install -y ${packages.join(' ')}`
}
