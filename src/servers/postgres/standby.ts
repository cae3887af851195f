import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeOwnFile } from '../../primitives/own-files.js'
import type { LocalPostgresServer, PostgresServer, ServerPlace } from '../server.js'
import { ACCESS_FILE } from './access.js'
import { bootPostgres } from './boot.js'
import type { OpenedServer } from './running-server.js'
import { SETTINGS_FILE } from './settings-file.js'
import type { Settings } from './settings.js'

/**
 * What a server needs to be followed by another, on both sides: a standby has the settings of its primary. The log of the last gigabyte is kept, so
 * that a standby that was paused, or follows another after a promotion, finds what it lacks.
 */
export const STREAMING: Settings = {
  wal_level: 'replica',
  max_wal_senders: 10,
  wal_keep_size: '1GB',
  hot_standby: true,
  // A standby that comes before its primary is up looks again soon, not after 5 s.
  wal_retrieve_retry_interval: '50ms',
}

/** The words of a standby's `primary_conninfo`: by the private socket, which asks for no password. */
export function primaryConnection({ admin: { host, port, user } }: Pick<PostgresServer, 'admin'>): string {
  return `host=${quoteWord(host)} port=${port} user=${user} application_name=hotbed_standby`
}

/** What a standby is made of. */
export interface StandbySource {
  readonly primary: LocalPostgresServer
  readonly opened: OpenedServer
  /** Stops the primary, copies its files to a directory that does not exist yet, and starts it again. */
  readonly copyFiles: (target: string) => Promise<void>
  /** Makes the handle of a booted server. */
  readonly open: (opened: OpenedServer) => LocalPostgresServer
}

/**
 * Starts a standby in `place`, on a copy of the primary's files, for which the primary is stopped and started again: a cluster at rest needs no backup
 * mode, and its log begins where the copy ends. Settles when the standby lets clients in, which may be before it has reached the primary.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_START`, `ERR_HOTBED_POSTGRES_SETTING`
 */
export async function startStandby({ primary, opened, copyFiles, open }: StandbySource, place: ServerPlace): Promise<LocalPostgresServer> {
  const data = join(place.directory, 'data')
  await allowStreaming(primary.files.dataDirectory)
  await copyFiles(data)
  const settings = await readFile(join(primary.files.dataDirectory, SETTINGS_FILE), 'utf8')
  writeOwnFile(
    join(data, SETTINGS_FILE),
    `${settings}primary_conninfo = '${primaryConnection(primary).replaceAll("'", "''")}'\n`,
    place.user,
  )
  writeOwnFile(join(data, 'standby.signal'), '', place.user)
  const { port: _, ...boot } = opened.boot
  const own = { ...boot, place }
  const booted = await bootPostgres(own)
  return open({ ...opened, boot: own, booted, session: undefined })
}

const ACCESS = 'local replication all trust\n'

/** `all` in pg_hba.conf does not mean replication. Read when the server starts again. */
async function allowStreaming(dataDirectory: string): Promise<void> {
  const file = join(dataDirectory, ACCESS_FILE)
  const text = await readFile(file, 'utf8')
  if (!text.includes(ACCESS)) await appendFile(file, ACCESS)
}

function quoteWord(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
