import { context, trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base'
import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { exportSpans, startSuite, type Recording, type Suite } from '../../src/index.js'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

let suite: Suite<{ postgres: {}; redis: {} }>
let pool: pg.Pool
let redis: ReturnType<typeof createClient>
beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  await suite.postgres.query(`
    CREATE TABLE orders (id int PRIMARY KEY);
    CREATE TABLE audit (id int);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NEW; END';
    CREATE TRIGGER note AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note()`)
  pool = new pg.Pool({ connectionString: suite.postgres.url, max: 1 })
  redis = createClient({ url: suite.redis.url })
  await redis.connect()
})
afterEach(() => exporter.reset())
afterAll(async () => {
  await pool.end()
  await redis.close()
  await suite.dispose()
})

const toMs = ([seconds, nanoseconds]: ReadableSpan['startTime']): number => seconds * 1_000 + nanoseconds / 1_000_000
const byName = (name: string): ReadableSpan => {
  const span = exporter.getFinishedSpans().find((one) => one.name === name)
  if (span === undefined)
    throw new Error(
      `No span ${name} among ${exporter
        .getFinishedSpans()
        .map((one) => one.name)
        .join(', ')}`,
    )
  return span
}

test('a recording is one trace: statements and commands at their times, what a trigger ran within', async () => {
  await using shipping = await suite.startUpstream({ name: 'shipping', routes: { 'GET /rates/:country': () => ({ status: 503 }) } })
  const run = await suite.record(async () => {
    await pool.query('INSERT INTO orders VALUES ($1)', [7])
    await redis.set('order:7', 'placed')
    await pool.query('INSERT INTO orders VALUES ($1)', [7]).catch(() => {})
    await redis.sAdd('order:7', 'x').catch(() => {})
    await fetch(`${shipping.url}/rates/de?weight=2`)
  })

  const exported = await exportSpans(run, provider, { name: 'placing an order' })

  const spans = exporter.getFinishedSpans()
  const root = byName('placing an order')
  expect(exported).toEqual({ traceId: root.spanContext().traceId, spans: spans.length })
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1)
  expect(root.parentSpanContext).toBeUndefined()
  expect(root.attributes).toEqual({ 'hotbed.statements': 2, 'hotbed.commands': 2, 'hotbed.calls': 1 })

  const insert = byName('INSERT orders')
  expect(insert.parentSpanContext?.spanId).toBe(root.spanContext().spanId)
  expect(insert.attributes).toMatchObject({
    'db.system.name': 'postgresql',
    'db.namespace': suite.postgres.database,
    'db.query.text': 'INSERT INTO orders VALUES ($1)',
    'db.operation.name': 'INSERT',
    'db.query.summary': 'INSERT orders',
    'db.response.returned_rows': 1,
    'hotbed.position': run.statements[0]?.start,
  })
  expect(insert.kind).toBe(2)
  const [statement] = run.statements
  expect(toMs(insert.startTime) - run.clock.startedAtMs).toBeCloseTo(statement?.startMs ?? 0, 2)
  expect(toMs(insert.endTime) - run.clock.startedAtMs).toBeCloseTo(statement?.endMs ?? 0, 2)
  expect(toMs(insert.duration)).toBeCloseTo(statement?.durationMs ?? 0, 2)
  expect(toMs(root.duration)).toBeCloseTo(run.durationMs, 2)

  const nested = byName('INSERT audit')
  expect(nested.parentSpanContext?.spanId).toBe(insert.spanContext().spanId)
  expect(nested.attributes).toMatchObject({ 'db.query.text': 'INSERT INTO audit VALUES (NEW.id)', 'hotbed.times': 1 })

  const refused = spans.find((span) => span.attributes['error.type'] === '23505')
  expect(refused?.attributes['db.response.status_code']).toBe('23505')
  expect(refused?.status).toEqual({ code: 2, message: 'duplicate key value violates unique constraint "orders_pkey"' })

  expect(byName('SET').attributes).toMatchObject({ 'db.system.name': 'redis', 'db.query.text': 'SET order:7 placed', 'db.namespace': '0' })
  expect(byName('SADD').attributes).toMatchObject({ 'error.type': 'WRONGTYPE', 'db.response.status_code': 'WRONGTYPE' })

  expect(byName('GET /rates/:country').attributes).toMatchObject({
    'http.request.method': 'GET',
    'server.address': 'shipping',
    'url.path': '/rates/de',
    'url.template': '/rates/:country',
    'http.response.status_code': 503,
    'error.type': '503',
  })
})

test('what has no answer ends with the recording, and says so', async () => {
  const pop = redis.duplicate()
  await pop.connect()
  let waiting: Promise<unknown> = Promise.resolve()
  const run = await suite.record(
    async () => {
      waiting = pop.blPop('jobs', 0).catch(() => {})
      await redis.set('another', '1')
    },
    { deadlineMs: 300 },
  )
  pop.destroy()
  await waiting

  await exportSpans(run, provider.getTracer('tests'))

  const span = byName('BLPOP')
  expect(span.attributes['error.type']).toBe('no_reply')
  expect(toMs(span.endTime) - run.clock.startedAtMs).toBeCloseTo(run.durationMs, 2)
})

test('without a target it is the provider that is registered; session set-up is left out, or taken along', async () => {
  trace.setGlobalTracerProvider(provider)
  const run = await suite.record(async () => {
    const client = new pg.Client({ connectionString: suite.postgres.url })
    await client.connect()
    await client.query("SET application_name = 'orders'")
    await client.end()
  })
  await exportSpans(run)
  expect(exporter.getFinishedSpans()).toHaveLength(1 + run.timeline.length)
  exporter.reset()
  await exportSpans(run, undefined, { setUp: true })
  expect(exporter.getFinishedSpans()).toHaveLength(1 + run.timeline.length + run.setUp.length)
  expect(exporter.getFinishedSpans()[0]?.instrumentationScope.name).toBe('hotbed')
  expect(context.active()).toBeDefined()
  trace.disable()
})

test('bad input is refused', async () => {
  const run = await suite.record(() => {})
  await expect(exportSpans({} as Recording, provider)).rejects.toThrow(
    'exportSpans() exports a recording, and was given object. [ERR_HOTBED_EVIDENCE]',
  )
  await expect(exportSpans(run, 7 as never)).rejects.toThrow('neither a tracer nor a provider of tracers. [ERR_HOTBED_OPTION]')
  await expect(exportSpans(run, provider, { title: 'x' } as {})).rejects.toThrow("exportSpans() has no option 'title'")
  await expect(exportSpans(run, provider, { name: '' })).rejects.toThrow("Option 'name' must be the name of a span")
})
