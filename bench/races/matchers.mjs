// Every matcher that judges what a cache or a race did, on evidence of 100,000 exchanges: the verdict, and the message of a failure. Names of
// matchers as arguments run only those.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { matchers } from '../../dist/matchers/index.js'
import { createRecording } from '../../dist/wire/recording/create-recording.js'
import { createRace } from '../../dist/wire/recording/race.js'
import { median } from '../report.mjs'

const EXCHANGES = 100_000
const KEYS = 5_000
const RUNS = 5

const base = { requestBytes: 60, replyBytes: 40, steered: undefined }
const times = (at) => ({ start: at * 2 + 1, end: at * 2 + 2, startMs: at / 10, endMs: at / 10 + 0.05 })

const command = (at, args, reply) => ({
  ...base,
  ...times(at),
  store: 'redis',
  connection: 1 + (at % 4),
  args,
  keyPositions: [1],
  reply,
  inTransaction: false,
  isScript: false,
  isBlocking: false,
  resp: 2,
  database: 0,
})

const statement = (at, sql, id, tag) => ({
  ...base,
  ...times(at),
  store: 'postgres',
  connection: 5 + (at % 4),
  protocol: 'extended',
  sql,
  statementName: '',
  parameters: [{ type: 23, format: 'text', value: String(id) }],
  isPartial: false,
  results: [{ tag, dataRows: tag.startsWith('SELECT') ? Number(tag.slice(7)) : 0, copy: undefined, plans: [] }],
  error: undefined,
  statusBefore: 'I',
  statusAfter: 'I',
  planUnavailable: undefined,
})

/** Of ten exchanges: a miss, its load and its fill, six hits, and now and then a write with its invalidation. Ids from 4,900 on are absent. */
function exchange(at) {
  const id = Math.floor(at / 10) % KEYS
  const key = `product:${id}`
  const absent = id >= KEYS - 100
  if (at % 10 === 0) return command(at, ['GET', key], '$-1\r\n')
  if (at % 10 === 1) return statement(at, 'SELECT price FROM products WHERE id = $1', id, absent ? 'SELECT 0' : 'SELECT 1')
  if (at % 10 === 2) return command(at, ['SET', key, absent ? 'none' : '{"price":100}', 'EX', '300'], '+OK\r\n')
  if (at % 100 === 8) return statement(at, 'UPDATE products SET price = price + 1 WHERE id = $1', id, 'UPDATE 1')
  if (at % 100 === 9) return command(at, ['DEL', key], ':1\r\n')
  return command(at, ['GET', key], '$13\r\n{"price":100}\r\n')
}

const record = (exchanges, result) =>
  createRecording(
    {
      connections: [],
      replication: { replicas: 0, holds: [] },
      exchanges,
      planShapes: [],
      durationMs: EXCHANGES / 10,
      isOverlapping: false,
      connectionsSeen: 8,
      openedAtMs: Date.now(),
      jumps: [],
    },
    result,
    { readPlan: () => undefined },
  )
const many = (exchangeAt) => Array.from({ length: EXCHANGES }, (_, at) => exchangeAt(at))

/** Transactions of four statements on four connections; of a hundred one fails, and is tried again. */
function transactional(at) {
  const turn = Math.floor(at / 16)
  const [step, number] = [Math.floor(at / 4) % 4, turn * 4 + (at % 4)]
  const fails = turn % 100 === 0
  const id = fails || turn % 100 === 1 ? at % 4 : 100 + number
  const sql = ['BEGIN', 'SELECT free FROM seats WHERE id = $1', 'UPDATE seats SET free = free - 1 WHERE id = $1', 'COMMIT'][step]
  const tag = ['BEGIN', 'SELECT 1', 'UPDATE 1', fails ? 'ROLLBACK' : 'COMMIT'][step]
  const one = statement(at, sql, id, tag)
  const status = { statusBefore: step === 0 ? 'I' : 'T', statusAfter: step === 3 ? 'I' : 'T' }
  const error = { code: '40001', severity: 'ERROR', message: 'could not serialize access', detail: undefined, constraint: undefined }
  return {
    ...one,
    ...status,
    parameters: step === 1 || step === 2 ? one.parameters : [],
    ...(fails && step === 2 ? { error, results: [] } : {}),
  }
}
/** One that ended in a cycle of two, in the middle of all. */
function deadlocked(at) {
  if (at !== EXCHANGES / 2) return transactional(at)
  const detail =
    'Process 105 waits for ShareLock on transaction 7; blocked by process 106.\nProcess 106 waits for ShareLock on transaction 8; blocked by process 105.'
  return {
    ...transactional(at),
    results: [],
    error: { code: '40P01', severity: 'ERROR', message: 'deadlock detected', detail, constraint: undefined },
  }
}

const outcomes = Array.from({ length: 20 }, (_, index) => ({ participant: index + 1, status: 'fulfilled', value: true }))
const race = (exchanges, scenario, more, openedBy = 'all parties arrived') =>
  createRace(record(exchanges, outcomes), { scenario, gate: { match: 'it', parties: 20, arrived: 20, openedBy }, invariants: [] }, more)
const half = EXCHANGES / 2
const startOf = (at) => times(at).start
const cutRun = (cut, from, to, orders) => ({ cut, from, to, effectBefore: { orders: 0 }, effectAfter: { orders } })
const reads = () => record(many(exchange), { statusCode: 200 })
/** Where it is not `reads`. Made when its turn comes, and dropped after it: what a test holds is one recording, and not all of these. */
const EVIDENCE = {
  toRetry: () => record(many(transactional)),
  toAvoidDeadlock: () => record(many(deadlocked)),
  toBeFenced: () =>
    race(many(transactional), 'outliveLease', {
      lease: { keys: ['lock:7'], remainingMs: 100, heldWrite: startOf(half + 8), writesMeanwhile: [startOf(half + 9)] },
    }),
  toCoalesce: () => race(many(exchange), 'stampede', { key: 'product:7', load: 'SELECT price' }),
  toServeStale: () => race(many(exchange), 'raceInvalidation', { key: 'product:7', heldFill: startOf(72), readAgainAt: startOf(half) }),
  toBeIdempotent: () =>
    race(many(transactional), 'ambiguousCommit', {
      runs: [cutRun('before', 0, startOf(half), 1), cutRun('after', startOf(half), startOf(EXCHANGES), 2)],
    }),
}
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const ids = (from, count) => Array.from({ length: count }, (_, index) => from + index)
/** What fails prints its message, so most of these fail. */
const CALLS = {
  toSendCommands: ['GET product:*', 1],
  toExecuteStatements: ['SELECT', 1],
  toRepeatStatement: [],
  toBatch: [{ size: 100 }],
  toHaveCacheHitRatio: [{ min: 0.99 }, { keys: 'product:*' }],
  toHaveCacheHits: [1, { keys: 'product:*' }],
  toHaveCacheMisses: [0],
  toBeServedFrom: ['redis'],
  toPopulateCache: ['product:*', { ttl: { max: '1m' } }],
  toCacheAbsence: [],
  toBlockPenetration: [{ maxRate: 0.01, absent: ids(KEYS - 100, 100), present: ids(0, KEYS - 100) }],
  toInvalidate: [['product:*', 'user:*']],
  toInvalidateOnly: ['user:*'],
  toHaveValuesUnder: [8],
  toHaveMaxConcurrency: ['SELECT', 1],
  toHaveRoundTrips: [{ redis: { max: 1 } }],
  toRetry: [],
  toAvoidDeadlock: [],
  toBeFenced: [],
  toCoalesce: [],
  toServeStale: [],
  toBeIdempotent: [],
}

const rows = []
let made = { make: undefined, evidence: undefined }
for (const [name, args] of Object.entries(CALLS)) {
  if (process.argv.length > 2 && !process.argv.includes(name)) continue
  const matcher = matchers[name]
  const make = EVIDENCE[name] ?? reads
  if (made.make !== make) {
    made = { make, evidence: undefined }
    made.evidence = make()
    collectGarbage()
  }
  const all = []
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now()
    const verdict = matcher.call({ isNot: false }, made.evidence, ...args)
    const judged = performance.now()
    const lines = verdict.message().split('\n').length
    all.push({ verdict: judged - start, message: performance.now() - judged, lines })
  }
  rows.push({
    name,
    first: all[0].verdict,
    verdict: median(all.map((one) => one.verdict)),
    message: median(all.map((one) => one.message)),
    lines: all[0].lines,
  })
}
process.stdout.write(`${JSON.stringify({ exchanges: EXCHANGES, rows })}\n`, () => process.exit(0))
