import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeEachPostgres } from './each-postgres.js'
import { createShop, FOREIGN_KEY_CHECK } from './shop.js'
import { brief, startTapped, type TappedDatabase } from './tapped.js'

await describeEachPostgres((postgres) => {
  const run = startTapped(postgres)
  let database: TappedDatabase
  let client: pg.Client

  beforeAll(async () => {
    database = await run.open()
    await createShop(database)
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
  })
  afterAll(async () => {
    await client.end()
    await run.close()
  })

  test('each statement of a transaction has its own plan, named, unnamed and several in one message', async () => {
    const heard = await database.record(async () => {
      await client.query('BEGIN')
      expect((await client.query('SELECT title FROM book WHERE id = $1', [7])).rows).toEqual([{ title: 'book 7' }])
      for (const id of [1, 2]) await client.query({ name: 'by id', text: 'SELECT name FROM author WHERE id = $1', values: [id] })
      await client.query("SELECT 1 AS one; SELECT 2 AS two; UPDATE book SET title = 'ä€' WHERE id = 1")
      await client.query('ROLLBACK')
      await client.query("SELECT 'ä€' AS umlaut")
    })

    expect(heard.map(brief)).toEqual([
      'BEGIN → BEGIN',
      'SELECT title FROM book WHERE id = $1 → SELECT 1 +1',
      'SELECT name FROM author WHERE id = $1 → SELECT 1 +1',
      'SELECT name FROM author WHERE id = $1 → SELECT 1 +1',
      "SELECT 1 AS one; SELECT 2 AS two; UPDATE book SET title = 'ä€' WHERE id = 1 → SELECT 1, SELECT 1, UPDATE 1 +3",
      'ROLLBACK → ROLLBACK',
      "SELECT 'ä€' AS umlaut → SELECT 1 +1",
    ])
    expect(heard[1]?.exchange).toMatchObject({ parameters: [{ value: '7' }], statusBefore: 'T', protocol: 'extended' })
  })

  test('what a function and a foreign key run stands below their statement, folded', async () => {
    const [counted, inserted] = await database.record(async () => {
      await client.query('SELECT count_books(5)')
      await client.query('INSERT INTO book SELECT g, 1 + g % 20 FROM generate_series(1001, 1100) g')
    })

    expect(counted?.plans).toEqual(['SELECT count_books(5)'])
    expect(counted?.nested).toEqual([
      { text: expect.stringMatching(/^SELECT count\(\*\) .* FROM book WHERE id <= up_to$/), depth: 1, times: 1 },
    ])
    expect(inserted?.plans).toEqual([inserted?.sql])
    expect(new Set(inserted?.nested.map(({ text }) => text))).toEqual(new Set([FOREIGN_KEY_CHECK]))
    expect(inserted?.nested.reduce((sum, { times }) => sum + times, 0)).toBe(100)
  })

  test('an error in a transaction, a savepoint and DISCARD ALL leave plans on', async () => {
    const heard = await database.record(async () => {
      await client.query('BEGIN')
      await client.query('SAVEPOINT here')
      await expect(client.query('SELECT 1/0')).rejects.toThrow('division by zero')
      await expect(client.query('SELECT 1')).rejects.toThrow('current transaction is aborted')
      await client.query('ROLLBACK TO here')
      await client.query('SELECT 2')
      await client.query('COMMIT')
      await client.query('DISCARD ALL')
      await client.query('SELECT 3')
    })

    expect(heard.map(brief)).toEqual([
      'BEGIN → BEGIN',
      'SAVEPOINT here → SAVEPOINT',
      'SELECT 1/0 → 22012 (it failed (22012))',
      'SELECT 1 → 25P02 (it failed (25P02))',
      'ROLLBACK TO here → ROLLBACK',
      'SELECT 2 → SELECT 1 +1',
      'COMMIT → COMMIT',
      'DISCARD ALL → DISCARD ALL',
      'SELECT 3 → SELECT 1 +1',
    ])
  })

  test('a cursor gets its plan when it is closed', async () => {
    const sql = 'SELECT * FROM book WHERE id < $1'
    const declare = 'DECLARE c CURSOR FOR SELECT * FROM book'
    const heard = await database.record(async () => {
      const cursor = client.query(new Cursor(sql, [20]))
      expect(await cursor.read(5)).toHaveLength(5)
      expect(await cursor.read(5)).toHaveLength(5)
      await cursor.close()
      await client.query('BEGIN')
      await client.query(declare)
      await client.query('FETCH 3 FROM c')
      await client.query('COMMIT')
    })

    expect(heard.map(brief)).toEqual([
      `${sql} → suspended`,
      `${sql} → suspended +1`,
      'BEGIN → BEGIN',
      `${declare} → DECLARE CURSOR +1`,
      'FETCH 3 FROM c → FETCH 3',
      'COMMIT → COMMIT',
    ])
  })

  test('COPY goes in and out', async () => {
    const heard = await database.record(async () => {
      await client.query('CREATE TEMP TABLE copied (id int, v text)')
      await pipeline(Readable.from(['1\ta\n', `2\t${'x'.repeat(200_000)}\n`]), client.query(copyFrom('COPY copied FROM STDIN')))
      const out = client.query(copyTo('COPY (SELECT * FROM copied) TO STDOUT'))
      expect(Buffer.concat(await out.toArray()).toString()).toBe(`1\ta\n2\t${'x'.repeat(200_000)}\n`)
      await expect(pipeline(Readable.from(['x\n']), client.query(copyFrom('COPY copied FROM STDIN')))).rejects.toThrow(
        'invalid input syntax',
      )
      await client.query('SELECT count(*) FROM copied')
    })

    expect(heard.map(brief)).toEqual([
      'CREATE TEMP TABLE copied (id int, v text) → CREATE TABLE',
      'COPY copied FROM STDIN → COPY 2',
      'COPY (SELECT * FROM copied) TO STDOUT → COPY 2 +1',
      'COPY copied FROM STDIN → , 22P02 (it failed (22P02))',
      'SELECT count(*) FROM copied → SELECT 1 +1',
    ])
    expect(heard.map(({ exchange }) => exchange.results[0]?.copy)).toEqual([undefined, 'in', 'out', 'in', undefined])
  })

  test('a statement that is cancelled or times out has no plan, and says why', async () => {
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    const heard = await database.record(async () => {
      const { processID } = client as unknown as { readonly processID: number }
      const sleeping = client.query('SELECT pg_sleep(30)').catch((error: Error) => error.message)
      await other.query(
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active') LOOP PERFORM pg_sleep(0.005); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$",
      )
      await other.query('SELECT pg_cancel_backend($1)', [processID])
      expect(await sleeping).toContain('due to user request')
      await client.query("SET statement_timeout = '20ms'")
      await expect(client.query('SELECT pg_sleep(31)')).rejects.toThrow('statement timeout')
      await client.query('RESET statement_timeout')
    })
    await other.end()

    const failed = heard.filter(({ sql }) => sql.startsWith('SELECT pg_sleep('))
    expect(failed.map(brief)).toEqual([
      'SELECT pg_sleep(30) → 57014 (it failed (57014))',
      'SELECT pg_sleep(31) → 57014 (it failed (57014))',
    ])
  })

  test("the application's notices, notifications and client_min_messages stay as they are", async () => {
    const notices: (string | undefined)[] = []
    const onNotice = ({ message }: { readonly message?: string | undefined }): void => void notices.push(message)
    client.on('notice', onNotice)
    await database.record(async () => {
      await client.query("SET client_min_messages = 'debug1'")
      await client.query("DO $$ BEGIN RAISE NOTICE 'a notice'; RAISE INFO 'duration: 1 ms  plan:'; PERFORM 1; END $$")
      expect((await client.query('SHOW client_min_messages')).rows).toEqual([{ client_min_messages: 'debug1' }])
      await client.query('RESET client_min_messages')
      await client.query('LISTEN channel')
      const notified = once(client, 'notification')
      await client.query("NOTIFY channel, 'hello'")
      expect(await notified).toMatchObject([{ channel: 'channel', payload: 'hello' }])
    })
    client.off('notice', onNotice)

    expect(notices).toEqual(['a notice', 'duration: 1 ms  plan:'])
  })

  test('20 MB go both ways, and a plan that is too large is left out with the reason', async () => {
    const large = 'x'.repeat(20_000_000)
    const heard = await database.record(
      async () => {
        expect((await client.query<{ v: string }>('SELECT $1::text AS v', [large])).rows[0]?.v === large).toBe(true)
        expect((await client.query<{ v: string }>(`SELECT '${large}' AS v`)).rows[0]?.v === large).toBe(true)
        await client.query('SELECT 1')
      },
      { deadlineMs: 20_000 },
    )

    expect(heard.map(({ plans, planUnavailable }) => [plans.length, planUnavailable])).toEqual([
      // What is returned stands in the plan, with the value of a parameter, and beside the text of the statement.
      [0, 'its plan is 20 MB long, more than is kept'],
      [0, 'its plan is 40 MB long, more than is kept'],
      [1, undefined],
    ])
    expect(heard[0]?.exchange.requestBytes).toBeGreaterThan(20_000_000)
    expect(heard[0]?.exchange.parameters[0]?.value).toHaveLength(4_096)
  })
})
