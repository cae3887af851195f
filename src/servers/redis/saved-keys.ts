import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError } from '../../primitives/error.js'
import type { LocalRedisServer } from '../server.js'
import { copyWithLives, type LifeMark } from './rdb-lives.js'
import { sendDirectly } from './send-directly.js'
import { wallClockMs } from '../../primitives/real-time.js'

/** CRC-64 at the end of the file, which lives counted anew would break. Redis takes zeros for "none". */
const CHECKSUM_BYTES = 8

/**
 * Saves all keys of a server to `path`, as an RDB file whose lives are marked.
 *
 * @returns false when the mark stands in the values as well, so that another one is needed
 */
export async function saveKeys(server: LocalRedisServer, path: string, mark: LifeMark): Promise<boolean> {
  await sendDirectly(server, ['SAVE'])
  const found = await copyWithLives(dumpOf(server), path, mark)
  await using file = await open(path, 'r+')
  const { size } = await file.stat()
  await file.write(Buffer.alloc(CHECKSUM_BYTES), 0, CHECKSUM_BYTES, size - CHECKSUM_BYTES)
  const keyspace = JSON.stringify(await sendDirectly(server, ['INFO', 'keyspace']))
  const expected = [...keyspace.matchAll(/expires=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  return found === expected
}

/**
 * Replaces what a server holds by saved keys, whose lives begin now, all at the same moment. Statistics begin anew as well.
 *
 * @throws {HotbedError} `ERR_HOTBED_SEED`
 */
export async function loadKeys(server: LocalRedisServer, path: string, mark: LifeMark): Promise<void> {
  const dump = dumpOf(server)
  // A test may have saved on its own.
  await rm(dump, { force: true })
  try {
    await copyWithLives(path, dump, mark, wallClockMs())
    await sendDirectly(server, ['DEBUG', 'RELOAD', 'NOSAVE'])
    for (const words of [
      ['SLOWLOG', 'RESET'],
      ['LATENCY', 'RESET'],
      ['CONFIG', 'RESETSTAT'],
    ])
      await sendDirectly(server, words)
  } catch (cause) {
    const { message } = errorFields(cause)
    throw new HotbedError('ERR_HOTBED_SEED', {
      message: `The keys of the dataset could not be loaded into Redis ${server.version.text}: ${message}`,
      ...remedyFor(message),
      log: server.lastLog(),
      cause,
    })
  } finally {
    await rm(dump, { force: true })
  }
}

function dumpOf({ config }: LocalRedisServer): string {
  return join(config.get('dir') ?? '.', config.get('dbfilename') ?? 'dump.rdb')
}

function remedyFor(message: string): { readonly remedy?: string } {
  if (message.includes('ENOSPC')) return { remedy: 'Free some space, or set HOTBED_RUN_DIRECTORY to a place that has more.' }
  return /DEBUG|unknown command|NOPERM/.test(message)
    ? { remedy: "hotbed loads saved keys by DEBUG RELOAD: leave 'enable-debug-command', renamed commands and ACLs of DEBUG out of config." }
    : {}
}
