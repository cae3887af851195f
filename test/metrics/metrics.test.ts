import { Queue } from 'bullmq'
import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { formatOpenMetrics, readMetrics, startSuite, type Metrics, type Recording, type Suite } from '../../src/index.js'
import { makeMetrics } from '../../src/metrics/metrics.js'
import { messageOf } from '../matchers/races/message-of.js'

let suite: Suite<{ postgres: {}; redis: {} }>
let pool: pg.Pool
let redis: ReturnType<typeof createClient>
beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  pool = new pg.Pool({ connectionString: suite.postgres.url })
  redis = createClient({ url: suite.redis.url })
  await redis.connect()
})
beforeEach(() => suite.redis.send('FLUSHALL'))
afterAll(async () => {
  await pool.end()
  await redis.close()
  await suite.dispose()
})

const select = async (times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) await pool.query('SELECT 1')
}

test('a recording says what the stores did, and nothing of requests', async () => {
  const run = await suite.record(async () => {
    await select(20)
    await redis.set('a', '1')
    await redis.mGet(['a', 'b', 'c', 'd'])
  })

  const metrics = readMetrics(run)

  const times = run.statements.map(({ durationMs }) => durationMs ?? 0).toSorted((a, b) => a - b)
  expect(metrics).toEqual({
    kind: 'metrics',
    durationMs: run.durationMs,
    latency: undefined,
    errorRate: undefined,
    throughput: undefined,
    databaseLatency: { count: 20, sumMs: times.reduce((sum, one) => sum + one, 0), p95Ms: times[18] },
    queueDepth: undefined,
    cacheHitRatio: 0.25,
  })
  expect(String(metrics).replaceAll(/[\d.]+ ms/g, 'n ms')).toMatchInlineSnapshot(`
    "Metrics of n ms
      latency           not known
      error rate        not known
      throughput        not known
      database latency  p95 n ms, mean n ms of 20 statements
      queue depth       not known
      cache hit ratio   25 %"
  `)
})

test('what was not seen is not known: it is neither 0 nor 1', async () => {
  const nothing = readMetrics(await suite.record(() => {}))
  expect(nothing).toMatchObject({ databaseLatency: undefined, cacheHitRatio: undefined, errorRate: undefined })
  expect(formatOpenMetrics(nothing)).toMatch(
    /^# TYPE hotbed_measured_seconds gauge\n# UNIT hotbed_measured_seconds seconds\n# HELP .*\nhotbed_measured_seconds \d.*\n# EOF\n$/,
  )
  const few = readMetrics(await suite.record(() => select(19)))
  expect(few.databaseLatency).toMatchObject({ count: 19, p95Ms: undefined })
})

test('a race says what became of its participants', async () => {
  await suite.postgres.query('CREATE TABLE seats (id int PRIMARY KEY, free int NOT NULL); INSERT INTO seats VALUES (7, 1)')
  const race = await suite.overlap(
    4,
    async (participant) => {
      await pool.query('UPDATE seats SET free = free WHERE id = 7')
      if (participant === 4) throw new Error('sold out')
    },
    { at: 'UPDATE seats' },
  )

  const { errorRate, throughput } = readMetrics(race)

  expect(errorRate).toBe(0.25)
  expect(throughput).toBeCloseTo((3 / race.durationMs) * 1_000)
})

test('a load says all of them', async () => {
  const report = await suite.load(
    async (request) => {
      await redis.get('product:7')
      await pool.query('SELECT 1')
      if (request.index % 4 === 0) throw new Error('sold out')
    },
    { rate: '200/s', for: '200ms', warmUp: '0s' },
  )

  const metrics = readMetrics(report)

  expect(metrics).toMatchObject({
    latency: { count: report.latency.count, p95Ms: report.percentile(95) },
    errorRate: report.errorRate,
    throughput: report.rate.succeeded,
    databaseLatency: { count: report.postgres?.latency.count },
    cacheHitRatio: 0,
  })
  expect(metrics.errorRate).toBe(0.25)
  checkOpenMetrics(formatOpenMetrics(metrics))
})

test('queues are those of an inspection', async () => {
  const mails = new Queue('mails', { connection: { url: suite.redis.url } })
  onTestFinished(() => mails.close())
  const run = await suite.record(() =>
    mails.addBulk([1, 2, 3].map((order) => ({ name: 'confirm', data: { order }, opts: { delay: order * 1_000 } }))),
  )

  const queues = await suite.inspectQueues()

  expect(readMetrics(run, { queues }).queueDepth).toEqual({ mails: 3 })
  expect(readMetrics(run).queueDepth).toBeUndefined()
})

test('all six are written as OpenMetrics, each with its unit, and labels are escaped', () => {
  const metrics = makeMetrics({
    durationMs: 10_000,
    latency: { count: 500, sumMs: 6_000, p95Ms: 24.5 },
    errorRate: 0.01,
    throughput: 49.5,
    databaseLatency: { count: 12, sumMs: 9, p95Ms: undefined },
    queueDepth: { mails: 7, 'in"voices\n': 0 },
    cacheHitRatio: 0.9,
  })

  const text = formatOpenMetrics(metrics, { labels: { test: String.raw`C:\orders` } })

  expect(text).toMatchInlineSnapshot(`
    "# TYPE hotbed_request_duration_seconds summary
    # UNIT hotbed_request_duration_seconds seconds
    # HELP hotbed_request_duration_seconds Time from the moment at which a request was due to its answer.
    hotbed_request_duration_seconds{test="C:\\\\orders",quantile="0.95"} 0.0245
    hotbed_request_duration_seconds_count{test="C:\\\\orders"} 500
    hotbed_request_duration_seconds_sum{test="C:\\\\orders"} 6
    # TYPE hotbed_request_error_ratio gauge
    # UNIT hotbed_request_error_ratio ratio
    # HELP hotbed_request_error_ratio Share of the requests that failed.
    hotbed_request_error_ratio{test="C:\\\\orders"} 0.01
    # TYPE hotbed_requests_per_second gauge
    # HELP hotbed_requests_per_second Requests a second that were answered without an error.
    hotbed_requests_per_second{test="C:\\\\orders"} 49.5
    # TYPE hotbed_database_duration_seconds summary
    # UNIT hotbed_database_duration_seconds seconds
    # HELP hotbed_database_duration_seconds Time of a statement on the wire.
    hotbed_database_duration_seconds_count{test="C:\\\\orders"} 12
    hotbed_database_duration_seconds_sum{test="C:\\\\orders"} 0.009
    # TYPE hotbed_queue_depth_jobs gauge
    # UNIT hotbed_queue_depth_jobs jobs
    # HELP hotbed_queue_depth_jobs Jobs that have not ended.
    hotbed_queue_depth_jobs{test="C:\\\\orders",queue="mails"} 7
    hotbed_queue_depth_jobs{test="C:\\\\orders",queue="in\\"voices\\n"} 0
    # TYPE hotbed_cache_hit_ratio gauge
    # UNIT hotbed_cache_hit_ratio ratio
    # HELP hotbed_cache_hit_ratio Share of the lookups in Redis that found something.
    hotbed_cache_hit_ratio{test="C:\\\\orders"} 0.9
    # TYPE hotbed_measured_seconds gauge
    # UNIT hotbed_measured_seconds seconds
    # HELP hotbed_measured_seconds How long it was measured.
    hotbed_measured_seconds{test="C:\\\\orders"} 10
    # EOF
    "
  `)
  checkOpenMetrics(text)
  expect(String(metrics)).toMatchInlineSnapshot(`
    "Metrics of 10,000 ms
      latency           p95 24.5 ms, mean 12 ms of 500 requests
      error rate        1 %
      throughput        49.5 requests/s
      database latency  too few for a p95, mean 0.75 ms of 12 statements
      queue depth       mails 7, in"voices
     0
      cache hit ratio   90 %"
  `)
})

/** The ABNF of OpenMetrics 1.0, as far as it is used, and the rules on families beside it. */
function checkOpenMetrics(text: string): void {
  const label = String.raw`[A-Za-z_][A-Za-z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"`
  const sample = new RegExp(String.raw`^(\w+?)(?:_count|_sum)?(?:\{${label}(?:,${label})*\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?$`)
  const lines = text.split('\n')
  expect(lines.slice(-2)).toEqual(['# EOF', ''])
  const families: string[] = []
  for (const line of lines.slice(0, -2)) {
    const [, keyword, name = '', value] = /^# (TYPE|UNIT|HELP) (\w+) (.+)$/.exec(line) ?? []
    if (keyword === 'TYPE') families.push(name)
    expect(keyword !== 'UNIT' || name.endsWith(`_${value}`) ? '' : line).toBe('')
    // Families are not interleaved.
    expect(keyword === undefined ? sample.exec(line)?.[1] : name).toBe(families.at(-1))
  }
  expect(new Set(families).size).toBe(families.length)
}

test('bad input is refused', async () => {
  const run = await suite.record(() => {})
  const outer = await suite.startRecording()
  await suite.record(() => {})
  const overlapping = await outer.stop()
  expect(messageOf(() => readMetrics(overlapping))).toContain(
    'each holds the traffic of both, and so would its metrics. [ERR_HOTBED_EVIDENCE]',
  )
  expect(messageOf(() => readMetrics('run' as unknown as Recording))).toContain(
    'reads a recording or the report of a load, and was given string.',
  )
  expect(messageOf(() => readMetrics(run, { queue: 1 } as {}))).toContain(
    "has no option 'queue'. [ERR_HOTBED_OPTION]\n  → Did you mean 'queues'?",
  )
  expect(messageOf(() => readMetrics(run, { queues: 7 as never }))).toContain(
    "Option 'queues' must be what suite.inspectQueues() gives, but is 7",
  )
  expect(messageOf(() => formatOpenMetrics(run as unknown as Metrics))).toContain('formatOpenMetrics() formats metrics')
  for (const name of ['a-b', '__name', 'quantile', '1a'])
    expect(messageOf(() => formatOpenMetrics(readMetrics(run), { labels: { [name]: 'x' } }))).toContain(
      "Option 'labels' must be names of letters",
    )
  expect(messageOf(() => formatOpenMetrics(readMetrics(run), { labels: { a: 1 as never } }))).toContain(
    "Option 'labels.a' must be a text, but is 1",
  )
})
