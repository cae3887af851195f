import { appendFile, chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { buildOnce } from '../../primitives/build-once.js'
import { HotbedError, isHotbedError } from '../../primitives/error.js'
import { runCommand } from '../../primitives/run-command.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import type { PostgresBinaries } from './binaries.js'
import type { PostgresLayout } from './layout.js'
import { segmentRemoval } from './end-script.js'
import { SETTINGS_FILE } from './settings-file.js'

const INITDB_TIMEOUT_MS = 120_000

/** The stopped cluster that `initdb` makes, from the cache or made now. */
export async function prepareClusterImage(
  binaries: PostgresBinaries,
  layout: PostgresLayout,
  user: ProcessUser | undefined,
  cacheDirectory: string,
): Promise<string> {
  const image = join(cacheDirectory, 'clusters', layout.cluster)
  await buildOnce(image, async (draft) => {
    await mkdir(draft, { mode: 0o700 })
    if (user !== undefined) await chown(draft, user.uid, user.gid)
    await runInitdb(binaries, layout, draft, user)
    await appendFile(join(draft, 'postgresql.conf'), `\ninclude '${SETTINGS_FILE}'\n`)
  })
  return image
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
    await runCommand(join(binaries.directory, 'initdb'), {
      args,
      user,
      timeoutMs: INITDB_TIMEOUT_MS,
      cwd: '/',
      env: postgresEnvironment(),
      endWithUs: true,
      ending: segmentRemoval(directory),
    })
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_POSTGRES_INIT', {
      message: `initdb of Postgres ${binaries.version.text} (${binaries.directory}) failed with collation ${layout.collation.description}.`,
      log: isHotbedError(error) ? error.log : [],
      cause: error,
    })
  }
}

/** All that Postgres sees of the environment: nobody's locale, time zone or PG variables. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
}
