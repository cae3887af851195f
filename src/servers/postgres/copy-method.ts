import { statfsSync } from 'node:fs'
import { release } from 'node:os'
import type { Client } from 'pg'
import type { PostgresBinaries } from './binaries.js'
import { rememberFacts } from './remembered-facts.js'
import type { Settings } from './settings.js'

const CLONE: Settings = { file_copy_method: 'clone' }

/**
 * The setting by which `CREATE DATABASE … STRATEGY FILE_COPY` lets the kernel copy, where it can: from Postgres 18 on, when the binaries
 * were built with it, on file systems that allow it (not only those with reflinks). Only a trial on a running server tells; it is remembered
 * for a file system, server version and kernel. Without `client`: what is remembered, `undefined` when the trial is still to come.
 */
export async function chooseCopyMethod(
  binaries: PostgresBinaries,
  directory: string,
  cacheDirectory: string,
  client?: Client,
): Promise<Settings | undefined> {
  if (binaries.version.major < 18) return {}
  const question = ['file_copy_method', binaries.banner, statfsSync(directory).type, release()]
  const facts = await rememberFacts(
    cacheDirectory,
    question,
    client === undefined ? undefined : async () => ({ clone: String(await tryClone(client)) }),
  )
  if (facts === undefined) return undefined
  return facts['clone'] === 'true' ? CLONE : {}
}

async function tryClone(client: Client): Promise<boolean> {
  try {
    await client.query('SET file_copy_method = clone')
    await client.query('CREATE DATABASE hotbed_copy_trial TEMPLATE template0 STRATEGY FILE_COPY')
    return true
  } catch {
    return false
  } finally {
    await client.query('DROP DATABASE IF EXISTS hotbed_copy_trial')
    await client.query('RESET file_copy_method')
  }
}
