import { platform } from 'node:os'
import { fingerprint, type FingerprintPart } from '../../primitives/fingerprint.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import type { PostgresServerOptions } from '../server.js'
import type { PostgresBinaries } from './binaries.js'
import { chooseCollation, type Collation } from './collation.js'
import { readDefaultVersions } from './extensions/control-files.js'

/** Raised when the way clusters are made changes, so that old images are not used. */
const IMAGE_FORMAT = 3

/** What decides the files of a cluster. */
export interface PostgresLayout {
  readonly collation: Collation
  /** Names the cluster that initdb makes. */
  readonly cluster: string
  /** As `PostgresServer.layout`: also the settings, which may shape what a migration or a seed writes. */
  readonly layout: string
}

/** The layout that a server started with these options will have, without starting it. */
export async function describePostgresLayout(
  options: Pick<PostgresServerOptions, 'locale' | 'settings' | 'extensions'>,
  binaries: PostgresBinaries,
  context: { readonly user: ProcessUser | undefined; readonly cacheDirectory: string },
): Promise<PostgresLayout> {
  const collation = await chooseCollation(options.locale, binaries, context.cacheDirectory)
  const shape: FingerprintPart = {
    format: IMAGE_FORMAT,
    banner: binaries.banner,
    libc: binaries.libc,
    icu: binaries.icu,
    platform: platform(),
    architecture: process.arch,
    collation: collation.description,
    arguments: collation.initdbArguments,
    // Its files are readable by nobody else.
    user: context.user?.uid,
  }
  return {
    collation,
    cluster: `${binaries.version.text}-${fingerprint(shape)}`,
    layout: `${binaries.version.text}-${fingerprint({ shape, settings: options.settings, ...describeExtensions(options.extensions, binaries) })}`,
  }
}

/** What CREATE EXTENSION made is of one version, and asks for the library of that. */
function describeExtensions(
  extensions: readonly string[] | undefined,
  { directory, version }: PostgresBinaries,
): { readonly [name: string]: FingerprintPart } {
  return extensions === undefined ? {} : { extensions: readDefaultVersions(directory, version.major, extensions) }
}
