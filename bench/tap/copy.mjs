// COPY of 200 MB out of Postgres and into it, directly and through the tap's thread: MB a second.
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { median } from '../report.mjs'
import { openWays } from './open.mjs'

const ROUNDS = Number(process.argv[2] ?? 7)
const ROWS = 1_000_000
const MB = (ROWS * 200) / 1e6

const ways = await openWays()
await ways.query(`CREATE UNLOGGED TABLE source AS SELECT lpad(g::text, 199, 'x') AS line FROM generate_series(1, ${ROWS}) g`)
await ways.query('CREATE UNLOGGED TABLE sink (line text)')
const block = Buffer.from(`${'y'.repeat(199)}\n`.repeat(320))

async function rate(client, how) {
  const from = performance.now()
  if (how === 'out') {
    const nothing = new Writable({ write: (_bytes, _encoding, done) => done() })
    await pipeline(client.query(copyTo('COPY source TO STDOUT')), nothing)
  } else {
    await client.query('TRUNCATE sink')
    const blocks = Array.from({ length: Math.round((MB * 1e6) / block.length) }, () => block)
    await pipeline(Readable.from(blocks), client.query(copyFrom('COPY sink FROM STDIN')))
  }
  return (MB * 1000) / (performance.now() - from)
}

const clients = {}
for (const name of ['direct', 'thread']) {
  clients[name] = new pg.Client({ connectionString: ways.postgres[name] })
  await clients[name].connect()
}
const result = {}
for (const how of ['out', 'in']) {
  const rates = { direct: [], thread: [], ratio: [] }
  for (let round = 0; round <= ROUNDS; round += 1) {
    const direct = await rate(clients.direct, how)
    const thread = await rate(clients.thread, how)
    // The first warms up.
    if (round === 0) continue
    rates.direct.push(direct)
    rates.thread.push(thread)
    rates.ratio.push(thread / direct)
  }
  result[how] = Object.fromEntries(Object.entries(rates).map(([name, list]) => [name, median(list)]))
}
for (const client of Object.values(clients)) await client.end()
await ways.close(result)
