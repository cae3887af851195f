import { eq } from 'drizzle-orm'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { drizzle as drizzleJs } from 'drizzle-orm/postgres-js'
import knexOf from 'knex'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShop } from './shop.js'
import { startTapped, type TappedDatabase } from './tapped.js'

const run = startTapped()
let database: TappedDatabase

beforeAll(async () => {
  database = await run.open()
  await createShop(database)
})
afterAll(run.close)

const book = pgTable('book', { id: integer('id').primaryKey(), author: integer('author_id'), title: text('title') })

interface Outcome {
  readonly one: unknown
  readonly again: unknown
}
/** Reads a row, changes it in a transaction, rolls another back, reads it again. */
type Work = (url: string) => Promise<Outcome>

const withDrizzlePg: Work = async (url) => {
  const pool = new pg.Pool({ connectionString: url })
  const db = drizzlePg(pool)
  const read = db.select().from(book).where(eq(book.id, 3)).prepare('read')
  const one = await read.execute()
  await db.transaction(async (tx) => {
    await tx.update(book).set({ title: 'drizzle' }).where(eq(book.id, 3))
    await tx.transaction((nested) => nested.insert(book).values({ id: 5_000, author: 1 }))
    await tx.delete(book).where(eq(book.id, 5_000))
  })
  const again = await read.execute()
  await pool.end()
  return { one, again }
}

const withDrizzleJs: Work = async (url) => {
  const client = postgres(url, { max: 1 })
  const db = drizzleJs(client)
  const read = db.select().from(book).where(eq(book.id, 4)).prepare('read')
  const one = await read.execute()
  await db.transaction(async (tx) => {
    await tx.update(book).set({ title: 'drizzle' }).where(eq(book.id, 4))
    await tx.transaction((nested) => nested.insert(book).values({ id: 5_001, author: 1 }))
    await tx.delete(book).where(eq(book.id, 5_001))
  })
  const again = await read.execute()
  await client.end()
  return { one: [...one], again: [...again] }
}

const withKysely: Work = async (url) => {
  const db = new Kysely<{ book: { id: number; author_id: number; title: string } }>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }),
  })
  const read = (): Promise<unknown> => db.selectFrom('book').selectAll().where('id', '=', 5).executeTakeFirst()
  const one = await read()
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('book').set({ title: 'kysely' }).where('id', '=', 5).execute()
    await tx.insertInto('book').values({ id: 5_002, author_id: 1, title: '' }).execute()
    await tx.deleteFrom('book').where('id', '=', 5_002).execute()
  })
  const again = await read()
  await db.destroy()
  return { one, again }
}

const withKnex: Work = async (url) => {
  const db = knexOf({ client: 'pg', connection: url })
  const one: unknown = await db('book').where({ id: 6 }).first()
  await db.transaction(async (tx) => {
    await tx('book').where({ id: 6 }).update({ title: 'knex' })
    await tx.transaction((nested) => nested('book').insert({ id: 5_003, author_id: 1 }))
    await tx('book').where({ id: 5_003 }).del()
  })
  const again: unknown = await db('book').where({ id: 6 }).first()
  await db.destroy()
  return { one, again }
}

test.each([
  ['drizzle over pg', withDrizzlePg, 'drizzle'],
  ['drizzle over postgres.js', withDrizzleJs, 'drizzle'],
  ['kysely', withKysely, 'kysely'],
  ['knex', withKnex, 'knex'],
])('%s: the same results as without the tap, and each statement with its own plan', async (_name, work, title) => {
  const before = await database.query('SELECT * FROM book ORDER BY id')
  const direct = await work(database.directUrl)
  await database.query('TRUNCATE book')
  await database.query(`INSERT INTO book SELECT * FROM jsonb_populate_recordset(NULL::book, '${JSON.stringify(before)}')`)
  let tapped: Outcome | undefined
  const heard = await database.record(async () => {
    tapped = await work(database.url)
  })

  expect(tapped).toEqual(direct)
  expect(JSON.stringify(tapped?.again)).toContain(`"title":"${title}"`)
  const planned = heard.filter(({ sql }) => /^\s*(?:select|insert|update|delete)/i.test(sql) && !/pg_type|version\(\)/.test(sql))
  expect(planned.map(({ sql }) => /^\w+/.exec(sql)?.[0])).toEqual(['select', 'update', 'insert', 'delete', 'select'])
  expect(planned.map(({ plans }) => plans)).toEqual(planned.map(({ sql }) => [sql]))
  expect(heard.filter(({ code }) => code !== undefined)).toEqual([])
})
