// Point SELECTs and GETs one at a time: directly, through the tap's thread, through the same tap on this event loop, through a
// thread that reads nothing, and recorded.
import pg from 'pg'
import { createClient } from 'redis'
import { median } from '../report.mjs'
import { openWays } from './open.mjs'
import { startRelay } from './relay.mjs'

const ROUNDS = Number(process.argv[2] ?? 15)
const CALLS = 200

const ways = await openWays()
await ways.query('CREATE TABLE t AS SELECT g AS id, md5(g::text) AS v FROM generate_series(1, 10000) g; ALTER TABLE t ADD PRIMARY KEY (id)')
await ways.query('ANALYZE t')
for (let at = 0; at < CALLS; at += 1) await ways.send(['SET', `k:${at}`, 'x'.repeat(64)])

const relayed = await startRelay([ways.postgres.direct, ways.redis.direct])
const postgresUrls = { ...ways.postgres, relay: relayed.urls[0] }
const redisUrls = { ...ways.redis, relay: relayed.urls[1] }
const clients = {}
for (const name of ['direct', 'thread', 'here', 'relay']) {
  const postgres = new pg.Client({ connectionString: postgresUrls[name] })
  await postgres.connect()
  const redis = createClient({ url: redisUrls[name] })
  await redis.connect()
  clients[name] = {
    select: (at) => postgres.query({ name: 'point', text: 'SELECT v FROM t WHERE id = $1', values: [at + 1] }),
    get: (at) => redis.get(`k:${at}`),
    end: () => Promise.all([postgres.end(), redis.close()]),
  }
}

async function measure(call, times) {
  for (let at = 0; at < CALLS; at += 1) {
    const from = performance.now()
    await call(at)
    times.push((performance.now() - from) * 1000)
  }
}

const { direct, thread, here, relay } = clients
const result = {}
for (const verb of ['get', 'select']) {
  const times = { direct: [], thread: [], here: [], relay: [], recorded: [], planned: [] }
  const round = async () => {
    await measure(direct[verb], times.direct)
    await measure(thread[verb], times.thread)
    await measure(here[verb], times.here)
    await measure(relay[verb], times.relay)
    await ways.recording(false, () => measure(thread[verb], times.recorded))
    await ways.recording(true, () => measure(thread[verb], times.planned))
  }
  for (let warm = 0; warm < 5; warm += 1) await round()
  for (const list of Object.values(times)) list.length = 0
  for (let at = 0; at < ROUNDS; at += 1) await round()
  result[verb] = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]))
}
for (const { end } of Object.values(clients)) await end()
await relayed.end()
await ways.close(result)
