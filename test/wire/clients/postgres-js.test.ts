import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeEachPostgres } from './each-postgres.js'
import { createShop } from './shop.js'
import { brief, startTapped, type Heard, type TappedDatabase } from './tapped.js'

await describeEachPostgres((server) => {
  const run = startTapped(server)
  let database: TappedDatabase
  let sql: postgres.Sql

  beforeAll(async () => {
    database = await run.open()
    await createShop(database)
    sql = postgres(database.url, { max: 1 })
    // The client learns the array types first.
    await sql`SELECT 1`
  })
  afterAll(async () => {
    await sql.end()
    await run.close()
  })

  /** Of what was recorded, what one statement came to. */
  function briefly(heard: readonly Heard[]): string[] {
    return heard.map(brief)
  }

  test('the client learns the types of arrays on a connection of its own through the tap', async () => {
    const fresh = postgres(database.url, { max: 1 })
    const heard = await database.record(async () => {
      expect(await fresh`SELECT ${[1, 2, 3]}::int[] AS list`).toEqual([{ list: [1, 2, 3] }])
    })
    await fresh.end()

    expect(heard.map(({ plans, sql: text }) => plans.length === 1 && plans[0] === text)).toEqual([true, true])
    expect(heard[0]?.sql).toContain('pg_catalog.pg_type')
  })

  test('many statements in one flush each have their own plan', async () => {
    const heard = await database.record(async () => {
      const rows = await Promise.all(Array.from({ length: 8 }, (_, index) => sql`SELECT title FROM book WHERE id = ${index + 1}`))
      expect(rows.map(([row]) => row?.['title'] as string)).toEqual(Array.from({ length: 8 }, (_, index) => `book ${index + 1}`))
    })

    expect(briefly(heard)).toEqual(Array.from({ length: 8 }, () => 'SELECT title FROM book WHERE id = $1 → SELECT 1 +1'))
    expect(heard.map(({ exchange }) => exchange.parameters[0]?.value)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'])
  })

  test('a transaction with a savepoint that fails', async () => {
    const heard = await database.record(() =>
      sql.begin(async (inside) => {
        await Promise.all([
          inside`SELECT name FROM author WHERE id = ${1}`,
          inside`UPDATE book SET title = title WHERE id = ${3}`,
          inside`SELECT 3`,
        ])
        await expect(inside.savepoint((nested) => nested`SELECT 1/${0}::int`)).rejects.toThrow('division by zero')
        await inside`SELECT name FROM author WHERE id = ${2}`
      }),
    )

    expect(briefly(heard)).toEqual(
      [
        'BEGIN → BEGIN',
        'SELECT name FROM author WHERE id = $1 → SELECT 1 +1',
        'UPDATE book SET title = title WHERE id = $1 → UPDATE 1 +1',
        'SELECT 3 → SELECT 1 +1',
        'savepoint "s0" → SAVEPOINT',
        'SELECT 1/$1::int → 22012 (it failed (22012))',
        'rollback to "s0" → ROLLBACK',
        'SELECT name FROM author WHERE id = $1 → SELECT 1 +1',
        'commit → COMMIT',
      ].map((line) => line.replace('BEGIN → BEGIN', `${heard[0]?.sql} → BEGIN`)),
    )
  })

  test('cursors have their plan when they end, read to the end or left', async () => {
    const heard = await database.record(async () => {
      let read = 0
      for await (const rows of sql`SELECT * FROM book WHERE id < ${20}`.cursor(5)) {
        read += rows.length
        if (read === 10) break
      }
      for await (const rows of sql`SELECT * FROM book WHERE id < ${21}`.cursor(50)) read += rows.length
      expect(read).toBe(30)
    })

    const text = 'SELECT * FROM book WHERE id < $1'
    expect(briefly(heard).filter((line) => line.includes('+'))).toEqual([`${text} → suspended +1`, `${text} → SELECT 20 +1`])
  })

  test('COPY goes in and out, and the CopyFail that follows it does no harm', async () => {
    const heard = await database.record(async () => {
      await pipeline(Readable.from(['901\t1\tx\n', '902\t2\ty\n']), await sql`COPY book FROM STDIN`.writable())
      const out = await sql`COPY (SELECT id FROM book WHERE id > 900 ORDER BY id) TO STDOUT`.readable()
      expect(Buffer.concat(await out.toArray()).toString()).toBe('901\n902\n')
      await sql`SELECT count(*) FROM book WHERE id > ${900}`
    })

    expect(heard.map(({ sql: text, tags, plans }) => [text.slice(0, 6), tags[0], plans.length])).toEqual([
      ['COPY b', 'COPY 2', 0],
      ['COPY (', 'COPY 2', 1],
      ['SELECT', 'SELECT 1', 1],
    ])
  })

  test('a statement that cannot be parsed is recorded although it is never executed', async () => {
    const heard = await database.record(async () => {
      await expect(sql`SELEC ${1}`).rejects.toThrow('syntax error')
      await expect(sql`SELECT title FROM book WHERE id = ${'x'}`).rejects.toThrow('invalid input syntax')
      await sql`SELECT 4`
    })

    expect(briefly(heard)).toEqual([
      'SELEC $1 → 42601 (it failed (42601))',
      'SELECT title FROM book WHERE id = $1 → 22P02 (it failed (22P02))',
      'SELECT 4 → SELECT 1 +1',
    ])
    expect(heard[0]?.exchange.protocol).toBe('prepare')
  })

  test('a statement that the client cancels, and LISTEN', async () => {
    const heard = await database.record(async () => {
      const sleeping = sql`SELECT pg_sleep(${30})`.execute()
      await database.query(
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep($1)' AND state = 'active') LOOP PERFORM pg_sleep(0.005); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$",
      )
      sleeping.cancel()
      await expect(sleeping).rejects.toThrow('due to user request')
      const told = new Promise((resolve) => void sql.listen('channel', resolve).then(() => sql.notify('channel', 'hello')))
      expect(await told).toBe('hello')
    })

    expect(briefly(heard)[0]).toBe('SELECT pg_sleep($1) → 57014 (it failed (57014))')
  })
})
