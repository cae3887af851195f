import { HotbedError } from '../primitives/error.js'

/** Seconds and nanoseconds since 1970. */
export type SpanTime = [seconds: number, nanoseconds: number]

/** The part of OpenTelemetry's `Span` that is used. */
export interface ExportedSpan {
  setStatus(status: { code: number; message?: string }): unknown
  end(endTime?: SpanTime): void
  spanContext(): { traceId: string }
}

/** The part of OpenTelemetry's `Tracer` that is used: any tracer of its API is one. */
export interface SpanTracer {
  startSpan(
    name: string,
    options?: { kind?: number; root?: boolean; startTime?: SpanTime; attributes?: Record<string, string | number | boolean> },
    context?: unknown,
  ): ExportedSpan
}

/** The part of OpenTelemetry's `TracerProvider` that is used. */
export interface SpanTracerProvider {
  getTracer(name: string, version?: string): SpanTracer
}

/** OpenTelemetry's API, as far as it is used. */
export interface SpanApi {
  readonly tracer: SpanTracer
  /** The context in which spans are children of this one. */
  readonly within: (span: ExportedSpan) => unknown
  readonly kinds: { readonly internal: number; readonly client: number }
  readonly errorStatus: number
}

/**
 * Loads OpenTelemetry's API, of which the application may have its own copy: they share one registry.
 *
 * @param target by default the provider that is registered
 * @throws {HotbedError} `ERR_HOTBED_OPTION` when it is not installed, or `target` is no tracer
 */
export async function loadSpanApi(target: SpanTracer | SpanTracerProvider | undefined): Promise<SpanApi> {
  const api = await import('@opentelemetry/api').catch((cause: unknown) => {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: 'exportSpans() needs the package @opentelemetry/api.',
      remedy: 'npm install --save-dev @opentelemetry/api @opentelemetry/sdk-trace-base',
      cause,
    })
  })
  const { trace, ROOT_CONTEXT, SpanKind, SpanStatusCode } = api
  const provider: SpanTracer | SpanTracerProvider = target ?? trace.getTracerProvider()
  if (typeof provider !== 'object' || provider === null || !('startSpan' in provider || 'getTracer' in provider)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: 'exportSpans() was given something that is neither a tracer nor a provider of tracers.',
      remedy: "Give it trace.getTracer('tests'), the provider itself, or nothing for the one that is registered.",
    })
  }
  return {
    tracer: 'startSpan' in provider ? provider : provider.getTracer('hotbed'),
    within: (span) => trace.setSpan(ROOT_CONTEXT, span as Parameters<typeof trace.setSpan>[1]),
    kinds: { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT },
    errorStatus: SpanStatusCode.ERROR,
  }
}
