// Every matcher that judges what a cache did, on one recording of 100,000 exchanges: the verdict, and the message of a failure.
import { matchers } from '../../dist/matchers/index.js'
import { createRecording } from '../../dist/wire/recording/create-recording.js'
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

const recording = createRecording(
  {
    connections: [],
    exchanges: Array.from({ length: EXCHANGES }, (_, at) => exchange(at)),
    planShapes: [],
    durationMs: EXCHANGES / 10,
    isOverlapping: false,
    connectionsSeen: 8,
    openedAtMs: Date.now(),
    jumps: [],
  },
  { statusCode: 200 },
  { readPlan: () => undefined },
)
globalThis.gc?.()

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
}

const rows = []
for (const [name, args] of Object.entries(CALLS)) {
  const matcher = matchers[name]
  if (matcher === undefined) continue
  const all = []
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now()
    const verdict = matcher.call({ isNot: false }, recording, ...args)
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
