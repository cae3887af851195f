import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { message } from './raw-session.js'
import { hear, startTapped, type TappedDatabase } from './tapped.js'

const run = startTapped({ settings: { max_connections: 600 } })
let database: TappedDatabase
beforeAll(async () => {
  database = await run.open()
})
afterAll(run.close)

async function dial(): Promise<Socket> {
  const socket = connect(database.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

async function said(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('latin1')
}

function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(`${Object.entries(parameters).flat().join('\0')}\0\0`)
  const header = Buffer.alloc(8)
  header.writeUInt32BE(body.length + 8)
  header.writeUInt32BE(0x30000, 4)
  return Buffer.concat([header, body])
}

function login(): Buffer {
  return startup({ user: 'hotbed', database: database.database })
}

test('TLS is declined: a client that requires it says so itself', async () => {
  const client = new pg.Client({ connectionString: `${database.url}?sslmode=require` })
  await expect(client.connect()).rejects.toThrow('The server does not support SSL connections')
})

test('a replication connection is refused with the way out', async () => {
  const socket = await dial()
  const answer = said(socket)
  socket.write(startup({ user: 'hotbed', database: database.database, replication: 'database' }))
  expect(await answer).toContain('hotbed does not carry replication connections; connect to suite.postgres.directUrl')
})

test.each([
  ['a wrong password', (url: URL) => (url.password = 'wrong')],
  ['an unknown database', (url: URL) => (url.pathname = '/nowhere')],
])('%s is refused by the server in its own words', async (_name, change) => {
  const messages: unknown[] = []
  for (const original of [database.url, database.directUrl]) {
    const url = new URL(original)
    change(url)
    await new pg.Client({ connectionString: url.href })
      .connect()
      .catch(({ code, message: text }: pg.DatabaseError) => messages.push([code, text]))
  }
  expect(messages).toHaveLength(2)
  expect(messages[0]).toEqual(messages[1])
})

test.each([
  ['garbage', () => Buffer.from('GET / HTTP/1.1\r\n\r\n'), /the client sent what is no message: a connection begins with /],
  ['an unknown message type', () => Buffer.concat([login(), message('!', '')]), /no message of type '!'/],
  [
    'a length of more than a gigabyte',
    () => Buffer.concat([login(), Buffer.from('Q\xff\xff\xff\xff', 'latin1')]),
    /'Q' says that it is 4294967295 bytes/,
  ],
])('%s ends its connection with the reason, and no other', async (_name, bytes, reason) => {
  const other = new pg.Client({ connectionString: database.url })
  await other.connect()
  const traffic = await database.recordTraffic(async () => {
    const socket = await dial()
    socket.write(bytes())
    await said(socket)
    expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
  await other.end()

  expect(traffic.connections.flatMap(({ endedBecause }) => endedBecause ?? [])).toEqual([expect.stringMatching(reason)])
  expect(hear(traffic).map(({ sql }) => sql)).toEqual(['SELECT 1 AS one'])
})

test('half a message and then silence holds up nobody, nor the end of the recording', async () => {
  const socket = await dial()
  const traffic = await database.recordTraffic(async () => {
    socket.write(login().subarray(0, 20))
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query('SELECT 1')
    await client.end()
  })
  socket.destroy()
  expect(hear(traffic)).toHaveLength(1)
})

test('a client that vanishes in the middle of a query leaves its statement without an end', async () => {
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => {})
  await client.connect()
  const traffic = await database.recordTraffic(
    async () => {
      const vanished = client.query('SELECT pg_sleep(1)').catch((error: Error) => error.message)
      // It has gone out when the server is at work.
      await database.query(
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1)' AND state = 'active') LOOP PERFORM pg_sleep(0.005); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$",
      )
      ;(client as unknown as { connection: { stream: Socket } }).connection.stream.resetAndDestroy()
      expect(await vanished).toBe('Connection terminated unexpectedly')
    },
    { deadlineMs: 300 },
  )
  expect(hear(traffic).map(({ sql, exchange }) => [sql, exchange.end])).toEqual([['SELECT pg_sleep(1)', undefined]])
  expect(traffic.connections).toEqual([expect.objectContaining({ closedAt: expect.any(Number) })])
})

test('500 connections at once', async () => {
  const clients = Array.from({ length: 500 }, () => new pg.Client({ connectionString: database.url }))
  const traffic = await database.recordTraffic(async () => {
    await Promise.all(clients.map((client) => client.connect()))
    const rows = await Promise.all(
      clients.map(async (client, index) => (await client.query('SELECT $1::int AS n', [index])).rows[0] as unknown),
    )
    expect(rows).toEqual(clients.map((_, n) => ({ n })))
    await Promise.all(clients.map((client) => client.end()))
  })
  const heard = hear(traffic)
  expect(heard).toHaveLength(500)
  expect(heard.every(({ plans }) => plans.length === 1)).toBe(true)
  expect(new Set(traffic.connections.map(({ id }) => id)).size).toBe(500)
})

test('two suites that record at once see their own traffic only', async () => {
  const other = await run.open()
  const speak = async ({ url }: TappedDatabase, word: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (let count = 0; count < 50; count += 1) await client.query(`SELECT '${word}' AS word, ${count} AS n`)
    await client.end()
  }
  const [one, two] = await Promise.all([database.record(() => speak(database, 'one')), other.record(() => speak(other, 'two'))])
  await other.dispose()
  expect(one.map(({ sql }) => sql)).toEqual(Array.from({ length: 50 }, (_, n) => `SELECT 'one' AS word, ${n} AS n`))
  expect(two.map(({ sql }) => sql)).toEqual(Array.from({ length: 50 }, (_, n) => `SELECT 'two' AS word, ${n} AS n`))
})

test('a child process that this one waits for reaches the suite and is recorded', async () => {
  const script = `const pg = require('pg'); const c = new pg.Client({ connectionString: process.argv[1] })
    c.connect().then(() => c.query('SELECT 42 AS n')).then(({ rows }) => { process.stdout.write(String(rows[0].n)); return c.end() })`
  const heard = await database.record(async () => {
    expect(execFileSync(process.execPath, ['-e', script, database.url], { encoding: 'utf8', timeout: 20_000 })).toBe('42')
  })
  expect(heard.map(({ sql, plans }) => [sql, plans])).toEqual([['SELECT 42 AS n', ['SELECT 42 AS n']]])
})

test('a server that dies in the middle of a reply ends the client with an error, and the recording has the statement', async () => {
  const alone = startTapped({}, 'server')
  const dying = await alone.open()
  const client = new pg.Client({ connectionString: dying.url })
  client.on('error', () => {})
  await client.connect()
  const traffic = await dying.recordTraffic(
    async () => {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const query = new pg.Query("SELECT repeat('x', 1000), generate_series(1, 100000000)")
      const failed = new Promise<Error>((resolve) => void query.once('error', resolve))
      query.once('row', () => process.kill(rows[0]?.pid ?? 0, 'SIGKILL'))
      client.query(query)
      expect((await failed).message).toMatch(/Connection terminated unexpectedly|terminating connection/)
    },
    { deadlineMs: 500 },
  )
  await alone.close().catch(() => {})
  expect(hear(traffic).map(({ tags, exchange }) => [tags.at(-1), exchange.end === undefined])).toEqual([
    ['SELECT 1', false],
    [undefined, true],
  ])
  expect(traffic.connections[0]?.closedAt).toEqual(expect.any(Number))
})
