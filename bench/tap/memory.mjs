// What a recording of 100,000 statements with their plans takes: in the thread while it is open, and in the process that gets it. Run with --expose-gc.
import pg from 'pg'
import { createRecording } from '../../dist/wire/recording/create-recording.js'
import { openWays } from './open.mjs'

const EXCHANGES = Number(process.argv[2] ?? 100_000)
const CLIENTS = 8

const ways = await openWays()
await ways.query('CREATE TABLE t AS SELECT g AS id, md5(g::text) AS v FROM generate_series(1, 10000) g; ALTER TABLE t ADD PRIMARY KEY (id)')
await ways.query('ANALYZE t')
const clients = await Promise.all(
  Array.from({ length: CLIENTS }, async () => {
    // On this event loop, so that what the tap holds can be measured.
    const client = new pg.Client({ connectionString: ways.postgres.here })
    await client.connect()
    return client
  }),
)
const ask = async (count) => {
  const each = async (client, first) => {
    for (let at = first; at < count; at += CLIENTS) {
      await client.query('SELECT v FROM t WHERE id = $1', [(at % 10000) + 1])
    }
  }
  await Promise.all(clients.map(each))
}
const held = () => {
  for (let at = 0; at < 3; at += 1) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

const warm = ways.here.openWindow({ plans: true })
await ask(1000)
await ways.here.closeWindow(warm, { settleMs: 0, deadlineMs: 10_000 })

/** The tap's own of the traffic is gone when this returns: what is left is what the receiver has. */
async function receive(window) {
  return structuredClone(await ways.here.closeWindow(window, { settleMs: 0, deadlineMs: 10_000 }))
}
async function makeRecording(window) {
  const traffic = await receive(window)
  withPlans = traffic.exchanges.filter(({ results }) => results[0]?.plans.length === 1).length
  receivedMb = held() - before
  return createRecording(traffic, undefined, () => undefined)
}

let receivedMb = 0
let withPlans = 0
const before = held()
const window = ways.here.openWindow({ plans: true })
await ask(EXCHANGES)
const threadMb = held() - before
const recording = await makeRecording(window)
const recordingMb = held() - before
const { length } = recording.statements
for (const client of clients) await client.end()
await ways.close({ threadMb, receivedMb, recordingMb, exchanges: length, withPlans })
