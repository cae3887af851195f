import { trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { expectTypeOf, test } from 'vitest'
import { exportSpans, formatOpenMetrics, readMetrics, startSuite, type ExportedTrace, type Metrics } from '../../src/index.js'

test('metrics are of a recording or a load', async () => {
  const shop = await startSuite({ postgres: {}, redis: {} })
  const run = await shop.record(() => 1)
  const metrics = readMetrics(run, { queues: await shop.inspectQueues() })
  expectTypeOf(metrics).toEqualTypeOf<Metrics>()
  expectTypeOf(metrics.databaseLatency?.p95Ms).toEqualTypeOf<number | undefined>()
  expectTypeOf(formatOpenMetrics(metrics, { labels: { commit: 'a1' } })).toBeString()
  // @ts-expect-error evidence, not what was recorded
  readMetrics(run.result)
  // @ts-expect-error labels are texts
  formatOpenMetrics(metrics, { labels: { attempt: 1 } })
})

test("OpenTelemetry's own tracers and providers are taken", async () => {
  const shop = await startSuite({ postgres: {}, redis: {} })
  const run = await shop.record(() => 1)
  expectTypeOf(exportSpans(run)).resolves.toEqualTypeOf<ExportedTrace>()
  await exportSpans(run, trace.getTracer('tests'))
  await exportSpans(run, trace.getTracerProvider(), { name: 'checkout', setUp: true })
  await exportSpans(run, new BasicTracerProvider())
  // @ts-expect-error no tracer
  await exportSpans(run, 'tests')
})
