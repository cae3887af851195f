import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import { createClone } from '../../src/databases/clone.js'
import type { PostgresGroup } from '../../src/databases/postgres-group.js'
import type { PostgresDefinition } from '../../src/databases/stack.js'
import type { TemplateStep } from '../../src/databases/template-step.js'
import { planTemplate } from '../../src/databases/template.js'
import { DIST, makeTemporary, SOON, startChild } from '../primitives/child.js'
import { closeGroup, makeFolder, startGroup } from './place.js'

/** Images of this file only. The cluster that initdb made is shared, for it takes half a second. */
let cache: string
const shared = makeTemporary()
beforeEach(() => {
  cache = shared
})

let count = 0

/** The rows of a query in a new clone of the template of `definition`. */
async function ask(group: PostgresGroup, definition: PostgresDefinition, sql: string): Promise<readonly unknown[]> {
  const template = group.templates.get((await planTemplate(definition)).fingerprint)
  if (template === undefined) throw new Error('There is no such template.')
  count += 1
  const database = `clone_${count}`
  await createClone(group.access, template, database)
  const client = await group.access.connect({ database, role: 'owner' })
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.close()
  }
}

/** A seed that counts how often it was run, in a file. */
function makeCountingSeed(folder: string): PostgresDefinition['seed'] {
  const journal = join(folder, 'journal')
  return {
    run: async ({ query }) => {
      appendFileSync(journal, 'run ')
      await query('INSERT INTO orders SELECT n, n % 7 FROM generate_series(1, 1000) n')
    },
    inputs: [join(folder, '*.sql')],
  }
}

function runs(folder: string): string {
  return existsSync(join(folder, 'journal')) ? readFileSync(join(folder, 'journal'), 'utf8') : ''
}

function images(directory = cache): readonly string[] {
  return existsSync(join(directory, 'images')) ? readdirSync(join(directory, 'images')).toSorted() : []
}

const ORDERS = 'CREATE TABLE orders (id int PRIMARY KEY, customer int)'

describe('a template', () => {
  test('that was made once is booted from its image afterwards, and changed files make a new one', async () => {
    const folder = makeFolder({ '1.sql': ORDERS })
    const definition = { migrations: folder, seed: makeCountingSeed(folder) ?? [] }
    const first = await startGroup([definition], cache)
    expect(await ask(first, definition, 'SELECT count(*)::int FROM orders')).toEqual([{ count: 1000 }])
    expect(runs(folder)).toBe('run ')
    await closeGroup(first)
    const before = images()

    const second = await startGroup([definition], cache)
    expect(await ask(second, definition, 'SELECT count(*)::int FROM orders')).toEqual([{ count: 1000 }])
    expect(runs(folder)).toBe('run ')
    await closeGroup(second)
    expect(images()).toEqual(before)

    writeFileSync(join(folder, '2.sql'), 'ALTER TABLE orders ADD COLUMN note text')
    const changed = { ...definition }
    const third = await startGroup([changed], cache)
    expect(await ask(third, changed, 'SELECT note FROM orders LIMIT 1')).toEqual([{ note: null }])
    expect(runs(folder)).toBe('run run ')
    await closeGroup(third)
    expect(images()).toHaveLength(before.length + 1)
    expect(images().every((name) => /-[0-9a-f]{20}$/.test(name))).toBe(true)
  })

  test('with a step that declares no inputs is made in each run and kept nowhere', async () => {
    const folder = makeFolder({ '1.sql': ORDERS })
    const definition = { migrations: folder, seed: { run: () => appendFileSync(join(folder, 'journal'), 'run ') } }
    const before = images()
    for (const expected of ['run ', 'run run ']) {
      const group = await startGroup([definition], cache)
      expect(await ask(group, definition, 'SELECT * FROM orders')).toEqual([])
      expect(runs(folder)).toBe(expected)
      await closeGroup(group)
    }
    expect(images()).toEqual(before)
  })

  test('takes its statistics, its visibility map and its settings along into every clone', async () => {
    const folder = makeFolder({
      '1.sql': `${ORDERS};
        DO $$ BEGIN
          EXECUTE format('ALTER DATABASE %I SET search_path = "$user", "o''dd ""schema", public', current_database());
          EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tokyo');
          EXECUTE format('ALTER DATABASE %I SET DateStyle = %L', current_database(), 'SQL, DMY');
        END $$`,
    })
    const asSuperuser: TemplateStep = {
      inputs: [],
      run: async ({ adminUrl }) => {
        const client = new pg.Client(adminUrl)
        await client.connect()
        await client.query(
          `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET app.tenant = %L', current_database(), 'it''s \\ "one"'); END $$`,
        )
        await client.end()
      },
    }
    const definition = { migrations: [folder, asSuperuser], seed: makeCountingSeed(folder) ?? [] }
    const group = await startGroup([definition], cache)
    const facts = `SELECT relpages, reltuples, relallvisible, (SELECT md5(string_agg(s::text, ',' ORDER BY s.tablename, s.attname)) FROM pg_stats s WHERE schemaname = 'public') AS stats
      FROM pg_class WHERE relname = 'orders'`
    const settings = `SELECT current_setting('search_path') AS path, current_setting('timezone') AS zone, current_setting('datestyle') AS style, current_setting('app.tenant') AS tenant`
    const [one] = await ask(group, definition, facts)
    expect(one).toMatchObject({ reltuples: 1000, relallvisible: 5, relpages: 5, stats: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(await ask(group, definition, facts)).toEqual([one])
    expect(await ask(group, definition, settings)).toEqual([
      { path: `"$user", "o'dd ""schema", public`, zone: 'Asia/Tokyo', style: 'SQL, DMY', tenant: `it's \\ "one"` },
    ])
    await closeGroup(group)

    const again = await startGroup([definition], cache)
    expect(await ask(again, definition, facts)).toEqual([one])
    expect(await ask(again, definition, settings)).toMatchObject([{ zone: 'Asia/Tokyo' }])
    await closeGroup(again)
  })

  test('with an empty search_path is cloned with it', async () => {
    const folder = makeFolder({
      '1.sql': `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = %L', current_database(), ''); END $$`,
    })
    const definition = { migrations: folder }
    const group = await startGroup([definition], cache)
    expect(await ask(group, definition, `SELECT current_setting('search_path') AS path`)).toEqual([{ path: '""' }])
    await closeGroup(group)
  })

  test('can be cloned although its migration left a connection behind', async () => {
    const clients: pg.Client[] = []
    const definition: PostgresDefinition = {
      migrations: {
        run: async ({ url }) => {
          const client = new pg.Client(url)
          client.on('error', () => {})
          await client.connect()
          await client.query('CREATE TABLE left_open ()')
          clients.push(client)
        },
      },
    }
    const group = await startGroup([definition], cache)
    expect(await ask(group, definition, 'SELECT * FROM left_open')).toEqual([])
    await closeGroup(group)
    await Promise.all(clients.map((client) => client.end().catch(() => {})))
  })

  test('that fails leaves no image, no server and no directory, and can be made once it is right', async () => {
    const folder = makeFolder({ '1.sql': 'CREATE TABLE a (x int);\nSELECT nonsense;' })
    const definition = { migrations: folder }
    const before = images()
    await expect(startGroup([definition], cache)).rejects.toThrow(/1\.sql:2 failed: column "nonsense" does not exist/)
    expect(images()).toEqual(before)

    writeFileSync(join(folder, '1.sql'), 'CREATE TABLE a (x int)')
    const repaired = { ...definition }
    const group = await startGroup([repaired], cache)
    expect(await ask(group, repaired, 'SELECT * FROM a')).toEqual([])
    await closeGroup(group)
  })
})

describe('several templates', () => {
  test('live on one server and in one image', async () => {
    const one = { migrations: makeFolder({ '1.sql': 'CREATE TABLE one ()' }) }
    const two = { migrations: makeFolder({ '1.sql': 'CREATE TABLE two ()' }) }
    const before = images()
    for (let round = 0; round < 2; round += 1) {
      const group = await startGroup([one, two], cache)
      expect(await ask(group, one, 'SELECT * FROM one')).toEqual([])
      expect(await ask(group, two, 'SELECT * FROM two')).toEqual([])
      await expect(ask(group, two, 'SELECT * FROM one')).rejects.toThrow('relation "one" does not exist')
      await closeGroup(group)
    }
    expect(images()).toHaveLength(before.length + 1)
  })

  test('are made anew when the roles of an image that holds some of them are in the way', async () => {
    const role = `app_${process.pid}`
    const one = { migrations: makeFolder({ '1.sql': 'CREATE TABLE one ()' }) }
    const folder = makeFolder({ '1.sql': `CREATE ROLE ${role}; CREATE TABLE two ()` })
    const group = await startGroup([one, { migrations: folder }], cache)
    await closeGroup(group)

    writeFileSync(join(folder, '2.sql'), 'CREATE TABLE three ()')
    const changed = { migrations: folder }
    const again = await startGroup([one, changed], cache)
    expect(await ask(again, changed, 'SELECT * FROM two, three')).toEqual([])
    expect(await ask(again, one, 'SELECT * FROM one')).toEqual([])
    await closeGroup(again)
  })
})

describe('extensions', () => {
  test('are created in the template by the superuser', async () => {
    const definition = { extensions: ['pg_trgm', 'pg_stat_statements'] }
    const group = await startGroup([definition], cache)
    expect(
      await ask(group, definition, "SELECT similarity('word', 'words') > 0.5 AS near, count(*) >= 0 AS counted FROM pg_stat_statements"),
    ).toEqual([{ near: true, counted: true }])
    await closeGroup(group)
  })

  test('that are absent are named with where they were looked for and how to get them', async () => {
    const failing = startGroup([{ extensions: ['pg_trgm', 'pg_nowhere'] }], cache)
    await expect(failing).rejects.toMatchObject({
      code: 'ERR_HOTBED_POSTGRES_EXTENSION',
      message: expect.stringMatching(
        /^The extension 'pg_nowhere' cannot be had here\. Looked for:\n {4}Postgres \d+\.\d+ \(embedded\): .*pg_nowhere.*\n \[ERR_HOTBED_POSTGRES_EXTENSION\]\n {2}→ By an image that has it: postgres: \{ image: … \}$/,
      ),
    })
  })
})

describe('two processes', () => {
  const build = (folder: string, directory: string): string => `
    const { appendFileSync, existsSync } = await import('node:fs')
    const { startSuite } = await import('${DIST}index.js')
    say('asking')
    const suite = await startSuite({ postgres: { migrations: ${JSON.stringify(folder)}, seed: { inputs: [${JSON.stringify(`${folder}/*.sql`)}], run: async ({ query }) => {
      appendFileSync(${JSON.stringify(join(folder, 'journal'))}, 'run ')
      await query('INSERT INTO orders VALUES (1, 1)')
      say('building')
      while (!existsSync(${JSON.stringify(join(folder, 'go'))})) await new Promise((resolve) => setTimeout(resolve, 5))
    } } } })
    const { rows } = await suite.postgres.query('SELECT count(*)::int AS orders FROM orders')
    say('orders', rows[0].orders + ' ${directory === '' ? '' : 'ok'}')
    await suite.dispose()`

  test('that need the same template at once make it once', async () => {
    const folder = makeFolder({ '1.sql': ORDERS })
    const env = { HOTBED_CACHE_DIRECTORY: cache }
    const builders = [startChild(build(folder, cache), { env }), startChild(build(folder, cache), { env })]
    await Promise.all(builders.map((builder) => builder.said('asking')))
    await Promise.race(builders.map((builder) => builder.said('building')))
    writeFileSync(join(folder, 'go'), '')

    expect(await Promise.all(builders.map((builder) => builder.said('orders')))).toEqual(['1 ok', '1 ok'])
    await Promise.all(builders.map((builder) => builder.ended))
    expect(runs(folder)).toBe('run ')
  })

  test(
    'of which the builder is killed: the other one makes the template, and nothing half made stays',
    async () => {
      const folder = makeFolder({ '1.sql': ORDERS })
      const env = { HOTBED_CACHE_DIRECTORY: cache }
      const first = startChild(build(folder, cache), { env })
      await first.said('building')
      first.kill('SIGKILL')
      await first.ended
      writeFileSync(join(folder, 'go'), '')

      const second = startChild(build(folder, cache), { env })
      expect(await second.said('orders')).toBe('1 ok')
      expect(await second.ended).toMatchObject({ status: 0, stderr: '' })
      expect(runs(folder)).toBe('run run ')
      expect(images().filter((name) => !/-[0-9a-f]{20}$/.test(name))).toEqual([])
    },
    SOON.timeout * 2,
  )
})
