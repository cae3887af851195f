import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { isMetrics, type MeasuredTimes, type Metrics } from './metrics.js'

export interface OpenMetricsOptions {
  /** On every sample, such as `{ commit: 'a1b2c3', test: 'checkout' }`. @default none */
  readonly labels?: Readonly<Record<string, string>>
}

type Labels = Readonly<Record<string, string>>

interface Sample {
  /** Behind the name of the family: `_count`. */
  readonly suffix?: string
  readonly labels?: Labels
  readonly value: number
}

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'summary'
  /** By the specification the name ends with it. */
  readonly unit?: string
  readonly help: string
  readonly samples: readonly Sample[]
}

/** Those that have a meaning here. */
const OWN_LABELS: readonly string[] = ['quantile', 'queue']

/**
 * Metrics as OpenMetrics text (version 1.0), which is Prometheus' older text format (0.0.4) as well. Figures that are not known are left out.
 *
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what are no metrics; `ERR_HOTBED_OPTION` for a label that can be none
 */
export function formatOpenMetrics(metrics: Metrics, options: OpenMetricsOptions = {}): string {
  if (!isMetrics(metrics)) {
    throw new HotbedError('ERR_HOTBED_EVIDENCE', {
      message: 'formatOpenMetrics() formats metrics, and was given something else.',
      remedy: 'Get them by: const metrics = readMetrics(run)',
    })
  }
  checkOptionNames(options, ['labels'], 'formatOpenMetrics()')
  const { labels = {} } = options
  checkLabels(labels)
  const lines = familiesOf(metrics)
    .filter(({ samples }) => samples.length > 0)
    .flatMap((family) => familyLines(family, labels))
  return [...lines, '# EOF', ''].join('\n')
}

function familiesOf({
  durationMs,
  latency,
  errorRate,
  throughput,
  databaseLatency,
  queueDepth,
  cacheHitRatio,
}: Metrics): readonly Family[] {
  const gauge = (value: number | undefined): readonly Sample[] => (value === undefined ? [] : [{ value }])
  return [
    {
      name: 'hotbed_request_duration_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Time from the moment at which a request was due to its answer.',
      samples: summary(latency),
    },
    {
      name: 'hotbed_request_error_ratio',
      type: 'gauge',
      unit: 'ratio',
      help: 'Share of the requests that failed.',
      samples: gauge(errorRate),
    },
    {
      name: 'hotbed_requests_per_second',
      type: 'gauge',
      help: 'Requests a second that were answered without an error.',
      samples: gauge(throughput),
    },
    {
      name: 'hotbed_database_duration_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Time of a statement on the wire.',
      samples: summary(databaseLatency),
    },
    {
      name: 'hotbed_queue_depth_jobs',
      type: 'gauge',
      unit: 'jobs',
      help: 'Jobs that have not ended.',
      samples: Object.entries(queueDepth ?? {}).map(([queue, value]) => ({ labels: { queue }, value })),
    },
    {
      name: 'hotbed_cache_hit_ratio',
      type: 'gauge',
      unit: 'ratio',
      help: 'Share of the lookups in Redis that found something.',
      samples: gauge(cacheHitRatio),
    },
    {
      name: 'hotbed_measured_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'How long it was measured.',
      samples: gauge(durationMs / 1_000),
    },
  ]
}

function summary(times: MeasuredTimes | undefined): readonly Sample[] {
  if (times === undefined) return []
  const { p95Ms, count, sumMs } = times
  return [
    ...(p95Ms === undefined ? [] : [{ labels: { quantile: '0.95' }, value: p95Ms / 1_000 }]),
    { suffix: '_count', value: count },
    { suffix: '_sum', value: sumMs / 1_000 },
  ]
}

function familyLines({ name, type, unit, help, samples }: Family, shared: Labels): readonly string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escape(help)}`,
    ...samples.map(({ suffix = '', labels = {}, value }) => `${name}${suffix}${labelText({ ...shared, ...labels })} ${value}`),
  ]
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

function checkLabels(labels: unknown): void {
  if (typeof labels !== 'object' || labels === null) throw wrongOption('labels', "names and values, such as { commit: 'a1b2c3' }", labels)
  for (const [name, value] of Object.entries(labels)) {
    const isFree = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.startsWith('__') && !OWN_LABELS.includes(name)
    if (!isFree) throw wrongOption('labels', `names of letters, digits and _, other than ${OWN_LABELS.join(' and ')}`, name)
    if (typeof value !== 'string') throw wrongOption(`labels.${name}`, 'a text', value)
  }
}
