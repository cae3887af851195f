import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import pg from 'pg'
import type { LocalPostgresServer } from '../../../src/servers/server.js'

/** What went over one connection, each direction in one. */
export interface Conversation {
  readonly client: Buffer
  readonly server: Buffer
}

/** Lets `pg` talk to a real server, and keeps every byte. */
export async function converse(server: LocalPostgresServer, talk: (client: pg.Client) => Promise<void>): Promise<Conversation> {
  const sent: Buffer[] = []
  const received: Buffer[] = []
  const relay = createServer((downstream) => {
    const upstream = connect(`${server.files.socketDirectory}/.s.PGSQL.${server.port}`)
    downstream.on('data', (chunk) => sent.push(chunk))
    upstream.on('data', (chunk) => received.push(chunk))
    downstream.pipe(upstream).pipe(downstream)
    downstream.on('error', () => upstream.destroy())
    upstream.on('error', () => downstream.destroy())
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const { port } = relay.address() as AddressInfo
  try {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', application_name: 'größe' })
    await client.connect()
    await talk(client)
    await client.end()
  } finally {
    relay.close()
    await once(relay, 'close')
  }
  return { client: Buffer.concat(sent), server: Buffer.concat(received) }
}

/** One after the other: simple, extended, prepared, refused, in a transaction, a notice, a COPY of more than one row. */
export async function talkAboutEverything(client: pg.Client): Promise<void> {
  await client.query('SELECT 1 AS one; SELECT 2')
  await client.query('SELECT $1::int AS number, $2::text AS word, $3::bytea AS nothing', [7, 'größe', null])
  await client.query({ name: 'by id', text: 'SELECT $1::int', values: [1] })
  await client.query({ name: 'by id', text: 'SELECT $1::int', values: [2] })
  await client.query('BEGIN')
  await client.query('SELECT 1 / $1::int', [0]).catch(() => undefined)
  await client.query('ROLLBACK')
  await client.query("DO $$ BEGIN RAISE NOTICE 'look'; END $$")
  await client.query('SELECT generate_series(1, 5)')
}
