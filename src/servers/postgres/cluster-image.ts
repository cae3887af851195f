import { appendFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildOnce } from '../../primitives/build-once.js'
import { HotbedError, isHotbedError } from '../../primitives/error.js'
import { makeOwnDirectory } from '../../primitives/own-files.js'
import { runCommand } from '../../primitives/run-command.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import type { ServerPlace } from '../server.js'
import type { PostgresBinaries } from './binaries.js'
import { isBetterArchived, writeArchives } from './cluster-archive.js'
import type { PostgresLayout } from './layout.js'
import { segmentRemoval } from './end-script.js'
import { spreadRelationCache } from './relation-caches.js'
import { SETTINGS_FILE, writeSettingsFile } from './settings-file.js'

const INITDB_TIMEOUT_MS = 120_000

/** The stopped cluster that `initdb` makes, from the cache or made now; kept in the way that is best for `place`. */
export async function prepareClusterImage(
  binaries: PostgresBinaries,
  layout: PostgresLayout,
  { directory, user }: ServerPlace,
  cacheDirectory: string,
): Promise<string> {
  const image = join(cacheDirectory, 'clusters', layout.cluster)
  await buildOnce(image, async (draft) => {
    makeOwnDirectory(draft, user)
    if (!isBetterArchived(directory, draft)) {
      await makeCluster(binaries, layout, draft, user)
      return
    }
    // Where the server is going to be: in memory initdb takes half as long as on many a disk.
    const data = join(directory, 'initdb')
    makeOwnDirectory(data, user)
    await makeCluster(binaries, layout, data, user)
    if (binaries.version.major >= 18) await writeRelationCaches(binaries, data, user)
    await writeArchives(data, draft, user)
    await rm(data, { recursive: true })
  })
  return image
}

async function makeCluster(binaries: PostgresBinaries, layout: PostgresLayout, data: string, user: ProcessUser | undefined): Promise<void> {
  await runInitdb(binaries, layout, data, user)
  await removeFreeSpaceMaps(data)
  await appendFile(join(data, 'postgresql.conf'), `\ninclude '${SETTINGS_FILE}'\n`)
}

/** By a session of template1; the other databases are copies of that. The single-user mode of 15 writes none. */
async function writeRelationCaches(binaries: PostgresBinaries, data: string, user: ProcessUser | undefined): Promise<void> {
  // Included by the configuration, and written by each start.
  writeSettingsFile(data, [], user)
  await runInitially(binaries, 'postgres', ['--single', '-F', '-D', data, 'template1'], data, user)
  spreadRelationCache(data, user)
}

/**
 * Of the catalogs: hints for inserts, which a server does without until VACUUM writes them anew (storage/freespace/README of PostgreSQL). An eighth of the files and bytes
 * of each database, also of every clone.
 */
async function removeFreeSpaceMaps(data: string): Promise<void> {
  const databases = (await readdir(join(data, 'base'))).map((name) => join(data, 'base', name))
  for (const directory of [join(data, 'global'), ...databases]) {
    const maps = (await readdir(directory)).filter((name) => name.endsWith('_fsm'))
    await Promise.all(maps.map((name) => rm(join(directory, name))))
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  layout: PostgresLayout,
  directory: string,
  user: ProcessUser | undefined,
): Promise<void> {
  const { major } = binaries.version
  const args = [
    `--pgdata=${directory}`,
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--no-sync',
    // A copy takes 55 instead of 75 ms, and a saved image is not mostly log: the server keeps at least two segments.
    '--wal-segsize=1',
    ...(major >= 14 ? ['--no-instructions'] : []),
    // What initdb itself has logged would be a quarter of every copy. Its shared memory is in files of the cluster, which go with it when it is killed.
    ...(major >= 16 ? ['--set=wal_recycle=off', '--set=min_wal_size=2MB', '--set=dynamic_shared_memory_type=mmap'] : []),
    ...(major >= 18 ? ['--no-data-checksums'] : []),
    ...layout.collation.initdbArguments,
  ]
  try {
    await runInitially(binaries, 'initdb', args, directory, user)
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_POSTGRES_INIT', {
      message: `initdb of Postgres ${binaries.version.text} (${binaries.directory}) failed with collation ${layout.collation.description}.`,
      log: isHotbedError(error) ? error.log : [],
      cause: error,
    })
  }
}

/** Runs a program that makes a cluster in `data`, or is alone with it. It ends with us, and its shared memory too. */
async function runInitially(
  binaries: PostgresBinaries,
  program: string,
  args: readonly string[],
  data: string,
  user: ProcessUser | undefined,
): Promise<void> {
  await runCommand(join(binaries.directory, program), {
    args,
    user,
    timeoutMs: INITDB_TIMEOUT_MS,
    cwd: '/',
    env: postgresEnvironment(),
    endWithUs: true,
    ending: segmentRemoval(data),
  })
}

/** All that Postgres sees of the environment: nobody's locale, time zone or PG variables. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
}
