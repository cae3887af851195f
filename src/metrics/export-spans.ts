import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { isRecording, type NestedStatement, type Recording } from '../wire/recording/recording.js'
import { nestedWords, wordsOf } from './span-attributes.js'
import { loadSpanApi, type ExportedSpan, type SpanApi, type SpanTime, type SpanTracer, type SpanTracerProvider } from './span-tracer.js'

export interface ExportSpansOptions {
  /** Of the span that stands for the recording. @default 'hotbed recording' */
  readonly name?: string
  /** Session set-up of clients, too. @default false */
  readonly setUp?: boolean
}

/** What was exported. */
export interface ExportedTrace {
  readonly traceId: string
  readonly spans: number
}

/**
 * Gives the timeline of a recording to OpenTelemetry as one trace: a span for the recording, and in it one for each statement, command and call of an
 * upstream at the time at which it was on the wire, with the attributes of the semantic conventions. What functions and triggers ran stands within the statement.
 *
 * @param target a tracer or a provider of tracers; by default the provider that is registered
 * @example
 * await exportSpans(run, provider)
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording; `ERR_HOTBED_OPTION`, also when @opentelemetry/api is not installed
 */
export async function exportSpans(
  recording: Recording,
  target?: SpanTracer | SpanTracerProvider,
  options: ExportSpansOptions = {},
): Promise<ExportedTrace> {
  if (!isRecording(recording)) {
    throw new HotbedError('ERR_HOTBED_EVIDENCE', {
      message: `exportSpans() exports a recording, and was given ${recording === null ? 'null' : typeof recording}.`,
      remedy: 'Get one by: const run = await suite.record(() => …); that of a load by its option record: true',
    })
  }
  checkOptionNames(options, ['name', 'setUp'], 'exportSpans()')
  const { name = 'hotbed recording', setUp = false } = options
  if (typeof name !== 'string' || name === '') throw wrongOption('name', 'the name of a span', name)
  if (typeof setUp !== 'boolean') throw wrongOption('setUp', 'true or false', setUp)
  const api = await loadSpanApi(target)
  const at = momentsOf(recording.clock.startedAtMs)
  const { statements, commands, calls, timeline } = recording
  const root = api.tracer.startSpan(name, {
    kind: api.kinds.internal,
    root: true,
    startTime: at(0),
    attributes: { 'hotbed.statements': statements.length, 'hotbed.commands': commands.length, 'hotbed.calls': calls.length },
  })
  const inRoot = api.within(root)
  const connections = new Map(recording.connections.list.map((connection) => [connection.id, connection]))
  let spans = 1
  for (const event of setUp ? [...timeline, ...recording.setUp].toSorted((a, b) => a.start - b.start) : timeline) {
    const words = wordsOf(event, connections.get(event.connection))
    const times = [at(event.startMs), at(event.endMs ?? recording.durationMs)] as const
    const span = api.tracer.startSpan(words.name, { kind: api.kinds.client, startTime: times[0], attributes: words.attributes }, inRoot)
    if (words.error !== undefined) span.setStatus({ code: api.errorStatus, message: words.error.message })
    spans += 1
    if (event.store === 'postgres') spans += addNested(api, span, event.nested, times)
    span.end(times[1])
  }
  root.end(at(recording.durationMs))
  return { traceId: root.spanContext().traceId, spans }
}

/** When within the statement they ran is not known: they are given its time. */
function addNested(
  api: SpanApi,
  parent: ExportedSpan,
  nested: readonly NestedStatement[],
  [startTime, endTime]: readonly [SpanTime, SpanTime],
): number {
  if (nested.length === 0) return 0
  const within = api.within(parent)
  let spans = 0
  for (const { sql, times, nested: deeper } of nested) {
    const { name, attributes } = nestedWords(sql, times)
    const span = api.tracer.startSpan(name, { kind: api.kinds.internal, startTime, attributes }, within)
    spans += 1 + addNested(api, span, deeper, [startTime, endTime])
    span.end(endTime)
  }
  return spans
}

/** As seconds and nanoseconds: a double has no room for microseconds beside the milliseconds since 1970. */
function momentsOf(startedAtMs: number): (ms: number) => SpanTime {
  const seconds = Math.floor(startedAtMs / 1_000)
  const restMs = startedAtMs - seconds * 1_000
  return (ms) => {
    const nanoseconds = Math.round((restMs + ms) * 1_000_000)
    return [seconds + Math.floor(nanoseconds / 1_000_000_000), nanoseconds % 1_000_000_000]
  }
}
