import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import type { LocalPostgresServer, PostgresServer } from '../../../src/servers/server.js'
import { makeCache } from './place.js'

let sharedCache: string | undefined
/** One for the file, so that initdb runs once for each locale. */
export function cache(): string {
  return (sharedCache ??= makeCache())
}

/** The administrator's session; the caller ends it. */
export async function connectAs({ admin: { host, port, user, password, database } }: Pick<PostgresServer, 'admin'>): Promise<pg.Client> {
  const client = new pg.Client({ host, port, user, password, database, ssl: false })
  client.on('error', () => {})
  await client.connect()
  return client
}

export async function query<Row extends pg.QueryResultRow>(
  server: PostgresServer,
  sql: string,
  values: unknown[] = [],
): Promise<pg.QueryResult<Row>> {
  const client = await connectAs(server)
  try {
    return await client.query<Row>(sql, values)
  } finally {
    await client.end()
  }
}

export async function queryOverTcp(server: PostgresServer, password: string | undefined, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ host: server.host, port: server.port, user: 'postgres', database: 'postgres', password, ssl: false })
  try {
    await client.connect()
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

export async function planOfLike(server: PostgresServer): Promise<string> {
  const client = await connectAs(server)
  try {
    await client.query('CREATE TEMPORARY TABLE words AS SELECT md5(n::text) AS word FROM generate_series(1, 10000) AS n')
    await client.query('CREATE INDEX ON words (word)')
    await client.query('VACUUM ANALYZE words')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>("EXPLAIN SELECT word FROM words WHERE word LIKE 'abcd%'")
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  } finally {
    await client.end()
  }
}

export async function backendPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid ?? 0
}

/** Until these backends run their statements. */
export async function untilActive(server: PostgresServer, pids: readonly number[]): Promise<void> {
  const client = await connectAs(server)
  try {
    for (;;) {
      const { rows } = await client.query("SELECT FROM pg_stat_activity WHERE pid = ANY ($1) AND state = 'active'", [pids])
      if (rows.length === pids.length) return
    }
  } finally {
    await client.end()
  }
}

/** Until a server of ours listens at `port`, which somebody else is about to let go. */
export async function occupy(port: number): Promise<Server> {
  for (;;) {
    const thief = createServer()
    if (await listen(thief, port)) return thief
  }
}

export function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
}

export function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export function readSegment(server: LocalPostgresServer): string {
  const line = readFileSync(join(server.files.dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[6] ?? ''
  return line.trim().split(/\s+/)[1] ?? ''
}

/** Ids of System V shared memory segments: second column of the kernel's list. */
export function listSegments(): readonly string[] {
  const lines = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => line.trim().split(/\s+/)[1] ?? '')
}

export function processesIn(directory: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => workingDirectory(pid) === directory)
}

export function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}
