import type { Latencies } from '../primitives/latencies.js'
import { plural } from '../primitives/plural.js'
import { formatMs } from '../wire/recording/print-recording.js'
import { formatNumber, percent, perSecond } from './load-words.js'
import { histogramLines } from './histogram-lines.js'
import type { EventLoopFigures, LoadErrors, LoadedPool, LoadReport, StoreTraffic } from './load-report.js'

const SHOWN_ERRORS = 5

/** The report as a table. */
export function printLoad(report: LoadReport): readonly string[] {
  const { target, counts, latency, generator, tap } = report
  return [
    `${target} under load: ${modelText(report)}`,
    row('requests', countsText(report)),
    row('rate', rateText(report)),
    row('latency', `${figures(latency)}  (${report.model.kind === 'open' ? 'from when each was due' : 'from when each was sent'})`),
    ...histogramLines(latency).map((line) => row('', line)),
    ...(counts.failed === 0 ? [] : [row('  succeeded', figures(report.succeeded))]),
    ...shareLines(report),
    row('event loop', loopText(report.eventLoop)),
    row(
      'cpu',
      `${report.cpu.map(({ name, cores }) => `${name} ${cores.toFixed(2)} cores`).join(', ')}; tap ${percent(tap.utilization)} busy`,
    ),
    row('generator', generatorText(generator)),
    ...errorLines(report.errors),
    ...(generator.isSaturated ? [saturationText(report)] : []),
  ]
}

/** Where the time of the requests went, a line for each place that is known. */
export function shareLines({ postgres, redis, pools }: Pick<LoadReport, 'postgres' | 'redis' | 'pools'>): readonly string[] {
  return [
    ...(postgres === undefined ? [] : [row('postgres', storeText(postgres, 'statement'))]),
    ...(redis === undefined ? [] : [row('redis', storeText(redis, 'command'))]),
    ...pools.map((pool, at) => row(pools.length === 1 ? 'pool' : `pool ${at + 1}`, poolText(pool))),
  ]
}

/** Kinds of errors, the most frequent first, each with the first of it. */
export function errorLines(errors: readonly LoadErrors[], most: number = SHOWN_ERRORS): readonly string[] {
  const rest = errors.length - most
  return [
    ...errors
      .slice(0, most)
      .map(({ kind, count, first }, at) =>
        row(
          at === 0 ? 'errors' : '',
          `${kind} × ${formatNumber(count)}, first at ${formatMs(first.atMs)} (request ${formatNumber(first.index)})${first.message === '' ? '' : `: ${first.message}`}`,
        ),
      ),
    ...(rest > 0 ? [row('', `… and ${formatNumber(rest)} more kinds`)] : []),
  ]
}

/** What a report says of a generator that did not keep up. */
export function saturationText({ rate, counts, generator, model }: LoadReport): string {
  const offered = model.kind === 'open' ? model.ratePerSecond : 0
  const why =
    generator.place === 'here'
      ? `the event loop that function and generator share was ${percent(generator.eventLoop.utilization)} busy`
      : `the generator's own event loop was ${percent(generator.eventLoop.utilization)} busy`
  const dropped = counts.dropped === 0 ? '' : `, ${formatNumber(counts.dropped)} requests were dropped`
  return `  SATURATED GENERATOR: ${perSecond(rate.issued)} sent of ${perSecond(offered)} offered${dropped}; ${why}`
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(NAME)}${text}`.trimEnd()
}
const NAME = 12

function modelText({ model, counts, durationMs }: LoadReport): string {
  const how =
    model.kind === 'closed'
      ? `closed model, ${formatNumber(model.users)} users who wait for their answers`
      : `open model, ${perSecond(model.ratePerSecond)}, ${model.arrivals === 'poisson' ? `Poisson arrivals (seed ${model.seed})` : 'fixed arrivals'}`
  const warmUp = counts.warmUp === 0 ? '' : `, after a warm-up of ${formatNumber(counts.warmUp)} requests`
  return `${how}, ${(durationMs / 1000).toFixed(1)} s${warmUp}`
}

function countsText({ counts, errorRate }: LoadReport): string {
  const { scheduled, issued, succeeded, failed, unsettled, dropped } = counts
  const parts = [
    `${formatNumber(issued)} of ${formatNumber(scheduled)} sent`,
    `${formatNumber(succeeded)} succeeded`,
    `${formatNumber(failed)} failed`,
    ...(unsettled === 0 ? [] : [`${formatNumber(unsettled)} unsettled`]),
    ...(dropped === 0 ? [] : [`${formatNumber(dropped)} dropped`]),
  ]
  return `${parts.join(', ')}; error rate ${percent(errorRate)}`
}

function rateText({ rate, backlog }: LoadReport): string {
  const offered = rate.offered === undefined ? '' : `${perSecond(rate.offered)} offered, `
  return `${offered}${perSecond(rate.issued)} sent, ${perSecond(rate.succeeded)} succeeded; under way ${formatNumber(backlog.atEnd)} at the end, ${formatNumber(backlog.peak)} at most`
}

function figures(latency: Latencies): string {
  if (latency.count === 0) return 'none'
  const shown = [50, 90, 95, 99].map((p) => `p${p} ${ms(latency.percentile(p))}`)
  return `min ${ms(latency.minMs)}  avg ${ms(latency.meanMs)}  ${shown.join('  ')}  max ${ms(latency.maxMs)} ms`
}

function ms(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)
}

function storeText(store: StoreTraffic, what: string): string {
  const { share, exchanges, latency, peakConnections, errors, refused } = store
  return [
    `${percent(share)} of the time: ${plural(exchanges, what)}, p95 ${ms(latency.percentile(95))} ms`,
    `${plural(peakConnections, 'connection')} at most`,
    ...errors.slice(0, 3).map(({ kind, count }) => `${kind} × ${formatNumber(count)}`),
    ...refused.slice(0, 2).map(({ kind, count }) => `${plural(count, 'connection')} refused (${kind})`),
  ].join(', ')
}

function poolText({ share, meanWaitMs, peakWaiting, peakTotal }: LoadedPool): string {
  return `${percent(share)} of the time waited for a connection: ${ms(meanWaitMs)} ms on average, ${formatNumber(peakWaiting)} at a time; ${formatNumber(peakTotal)} connections`
}

function loopText({ utilization, delay }: EventLoopFigures): string {
  const late = delay === undefined ? '' : `, late by p50 ${ms(delay.p50Ms)}  p95 ${ms(delay.p95Ms)}  max ${ms(delay.maxMs)} ms`
  return `${percent(utilization)} busy${late}`
}

function generatorText({ place, schedulingError, eventLoop }: LoadReport['generator']): string {
  const where = place === 'here' ? 'on this event loop' : `in a thread of its own, ${percent(eventLoop.utilization)} busy`
  if (schedulingError.count === 0) return where
  const [p50, p95] = [50, 95].map((p) => ms(schedulingError.percentile(p)))
  return `${where}; sent late by p50 ${p50}  p95 ${p95}  max ${ms(schedulingError.maxMs)} ms`
}
