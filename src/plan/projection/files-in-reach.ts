import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError } from '../../primitives/error.js'
import type { PlanSession } from '../session.js'
import type { FileLayout } from './relation-files.js'

const LAYOUT_QUERY = `SELECT current_setting('block_size') AS block, (SELECT setting FROM pg_settings WHERE name = 'segment_size') AS segment,
  (SELECT system_identifier::text FROM pg_control_system()) AS identifier, current_setting('data_checksums') AS checksums,
  (SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()) AS place`

export interface ReachableFiles extends FileLayout {
  /** The server keeps a checksum in every block: what is written into one must have the right one. */
  readonly checksums: boolean
}

/**
 * Makes sure that the files of the server on the other end of the session are those below `directory`, and that they can be written, before anything
 * is changed.
 *
 * @throws {HotbedError} `ERR_HOTBED_PROJECTION` when they are not: the server is on another machine, in a container, or another user's
 */
export async function reachFiles(session: PlanSession, directory: string): Promise<ReachableFiles> {
  const { rows } = await session.query(LAYOUT_QUERY)
  const row = rows[0] ?? {}
  try {
    // The first eight bytes of pg_control are the number that initdb gave the cluster.
    const identifier = readFileSync(join(directory, 'global/pg_control')).readBigUInt64LE(0)
    if (String(identifier) !== String(row['identifier'])) throw new Error('another server keeps its files there')
    accessSync(join(directory, String(row['place'])), constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_PROJECTION', {
      message: `Planning at another size needs to write the server's own files, and those below ${directory} are out of reach: ${errorFields(error).message}.`,
      remedy: 'Use a server that hotbed starts on this machine (the providers embedded and system), as the same user or as root.',
      cause: error,
    })
  }
  return { directory, blockBytes: Number(row['block']), segmentBlocks: Number(row['segment']), checksums: row['checksums'] === 'on' }
}
