import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolvePostgresBinaries } from '../../../../src/servers/postgres/binaries.js'
import type { BinariesContext } from '../../../../src/servers/postgres/binaries-candidates.js'
import { defaultSearchOrigins } from '../../../../src/servers/postgres/embedded-binaries.js'
import { explainChoice } from '../../../../src/servers/postgres/extensions/lack.js'
import { findUnprivilegedUser } from '../../../../src/primitives/unprivileged-user.js'
import { makeCache, makeDirectory } from '../place.js'

/** A world with Postgres servers of these versions and extensions, each as Debian installs it, and no other. */
function makeWorld(versions: Readonly<Record<number, readonly string[]>>): BinariesContext & { readonly root: string } {
  const root = makeDirectory({ parent: tmpdir() })
  chmodSync(root, 0o755)
  for (const [major, extensions] of Object.entries(versions)) {
    const bin = join(root, 'lib/postgresql', major, 'bin')
    mkdirSync(bin, { recursive: true })
    for (const name of ['postgres', 'initdb'])
      writeFileSync(join(bin, name), `#!/bin/sh\necho "postgres (PostgreSQL) ${major}.2"\n`, { mode: 0o755 })
    const folder = join(root, 'share/postgresql', major, 'extension')
    mkdirSync(folder, { recursive: true })
    for (const name of ['plpgsql', ...extensions]) writeFileSync(join(folder, `${name}.control`), "default_version = '1.0'\n")
  }
  return {
    root,
    user: findUnprivilegedUser(),
    cacheDirectory: makeCache(),
    origins: [],
    systemPatterns: [join(root, 'lib/postgresql/*/bin')],
    variables: {},
  }
}

async function failure(options: Parameters<typeof resolvePostgresBinaries>[0], context: ReturnType<typeof makeWorld>): Promise<string> {
  const error: unknown = await resolvePostgresBinaries(options, context).catch((reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('Something was found.')
  return error.message.replaceAll(context.root, '').replaceAll('sudo ', '')
}

/** A package manager that knows these names, in `world`. */
function withApt(world: ReturnType<typeof makeWorld>, names: readonly string[]): ReturnType<typeof makeWorld> {
  const programs = join(world.root, 'bin')
  mkdirSync(programs, { recursive: true })
  writeFileSync(join(programs, 'apt-get'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(join(programs, 'apt-cache'), `#!/bin/sh\nprintf '%s\\n' ${names.join(' ')}\n`, { mode: 0o755 })
  return { ...world, variables: { PATH: programs } }
}

test('the newest Postgres that has the extensions is taken, and which one was passed over is told', async () => {
  const world = makeWorld({ 17: ['pg_trgm'], 16: ['pg_trgm', 'hypopg'], 15: ['hypopg', 'vector'] })

  const [plain, one, both] = await Promise.all(
    [undefined, ['hypopg'], ['hypopg', 'vector']].map((extensions) => resolvePostgresBinaries({ extensions }, world)),
  )

  expect([plain?.version.text, one?.version.text, both?.version.text]).toEqual(['17.2', '16.2', '15.2'])
  expect(plain && explainChoice(plain)).toBe('')
  expect(one && explainChoice(one)).toBe(', as system 17.2 lacks hypopg')
  expect(both && explainChoice(both)).toBe(', as system 17.2 lacks hypopg and vector')
})

test('of the embedded one, its own files are looked at', async () => {
  const world = { ...makeWorld({ 15: ['hypopg'] }), origins: defaultSearchOrigins() }

  expect(await resolvePostgresBinaries({ extensions: ['pg_trgm'] }, world)).toMatchObject({ provider: 'embedded' })
  expect(await resolvePostgresBinaries({ extensions: ['hypopg'] }, world)).toMatchObject({ provider: 'system', version: { major: 15 } })
})

test('a folder that is none of the usual ones is left to CREATE EXTENSION', async () => {
  const world = makeWorld({ 15: [] })
  const bin = join(world.root, 'elsewhere')
  mkdirSync(bin)
  for (const name of ['postgres', 'initdb'])
    writeFileSync(join(bin, name), '#!/bin/sh\necho "postgres (PostgreSQL) 15.2"\n', { mode: 0o755 })

  expect(await resolvePostgresBinaries({ binaries: bin, extensions: ['hypopg'] }, world)).toMatchObject({ directory: bin })
})

test('an extension that is nowhere is an error with the places, the packages and an image', async () => {
  const world = withApt(makeWorld({ 17: [], 15: [] }), ['postgresql-15', 'postgresql-17', 'postgresql-15-hypopg', 'postgresql-17-hypopg'])

  expect(await failure({ extensions: ['hypopg'] }, world)).toMatchInlineSnapshot(`
    "The extension 'hypopg' cannot be had here. Looked for:
        /lib/postgresql/17/bin: Postgres 17.2 has no hypopg.control in /share/postgresql/17/extension
        /lib/postgresql/15/bin: Postgres 15.2 has no hypopg.control in /share/postgresql/15/extension
     [ERR_HOTBED_POSTGRES_EXTENSION]
      → By packages of this system: apt-get install postgresql-17-hypopg
      → By an image that has it: postgres: { image: … }, made of FROM postgres:17 and RUN apt-get update && apt-get install -y postgresql-17-hypopg"
  `)
})

test('one that was fixed and cannot is refused by name, with the one that can', async () => {
  const world = makeWorld({ 17: [], 15: ['vector'] })

  expect(await failure({ version: 17, extensions: ['vector'] }, world)).toMatchInlineSnapshot(`
    "The extension 'vector' cannot be had here. Looked for:
        /lib/postgresql/17/bin: Postgres 17.2 has no vector.control in /share/postgresql/17/extension
        /lib/postgresql/15/bin: is Postgres 15, wanted is 17
     [ERR_HOTBED_POSTGRES_EXTENSION]
      → Leave out version: 17: Postgres 15.2 in /lib/postgresql/15/bin has what is wanted
      → By an image that has it: postgres: { image: 'pgvector/pgvector:pg17' }"
  `)
})

test('the command is written from the packages that apt knows', async () => {
  const world = makeWorld({ 15: [] })
  const line = async (extension: string, names: readonly string[]): Promise<string | undefined> =>
    /By packages of this system: (.*)/.exec(await failure({ extensions: [extension] }, withApt(world, names)))?.[1]

  expect(await line('vector', ['postgresql-15', 'postgresql-15-pgvector'])).toBe('apt-get install postgresql-15-pgvector')
  expect(await line('postgis_topology', ['postgresql-15-postgis-3'])).toBe('apt-get install postgresql-15-postgis-3')
  expect(await line('pg_partman', [])).toBe('apt-get update && apt-get install postgresql-15-partman')
  expect(await line('vector', ['postgresql-15'])).toBe(
    'apt-get install postgresql-common && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y && apt-get install postgresql-15-pgvector',
  )
})

test('where no Postgres is installed, the newest that apt has with the extension is meant', async () => {
  const world = withApt({ ...makeWorld({}), origins: defaultSearchOrigins() }, ['postgresql-15', 'postgresql-17', 'postgresql-15-partman'])

  expect(await failure({ extensions: ['pg_partman'] }, world)).toContain(
    'By packages of this system: apt-get install postgresql-15-partman\n',
  )
})

test('a slip of the finger is told', async () => {
  expect(await failure({ extensions: ['pgvector'] }, makeWorld({ 15: ['vector'] }))).toContain("→ Did you mean 'vector'?")
})
