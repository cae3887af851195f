import { HotbedError } from '../../primitives/error.js'
import { generate } from '../generate.js'
import type { LoadReport } from '../load-report.js'
import { percent, perSecond } from '../load-words.js'
import type { Schedule } from '../schedule.js'
import type { KneeStep } from './knee-report.js'

const BUSY = 0.9
/** A generator that needs so much of an event loop for nothing leaves too little to what it shares it with. */
const TOO_MUCH = 0.5
const CALIBRATION_MS = 300

/**
 * A rate that the generator or the tap could not keep up with says nothing of the application.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` with what each of them used
 */
export async function refuseOwnKnee({ report, ratePerSecond }: KneeStep, schedule: Schedule): Promise<void> {
  const { generator, tap } = report
  if (tap.utilization >= BUSY) throw ownKnee('the tap', ratePerSecond, report, 'Load fewer instances, or with fewer statements a request.')
  if (generator.place === 'thread') {
    if (!generator.isSaturated || generator.eventLoop.utilization < BUSY) return
    throw ownKnee('the generator', ratePerSecond, report, 'Load from another machine.')
  }
  // They share one event loop: what the generator needs of it is measured with nothing else on it.
  if (report.eventLoop.utilization < BUSY) return
  const alone = await generate(
    { ...schedule, warmUpMs: 0, extent: { ms: CALIBRATION_MS } },
    () => {},
    () => {},
  )
  if (alone.eventLoop.utilization < TOO_MUCH && alone.counts.dropped === 0) return
  throw ownKnee('the generator', ratePerSecond, report, 'Load a URL: it is asked from a thread of its own.')
}

function ownKnee(whose: string, ratePerSecond: number, { generator, tap, cpu, eventLoop }: LoadReport, remedy: string): HotbedError {
  const lines = [
    `What gave way at ${perSecond(ratePerSecond)} was ${whose}, not the application.`,
    `  generator ${generator.place === 'here' ? 'on this event loop' : `in its thread, ${percent(generator.eventLoop.utilization)} busy`}`,
    `  tap ${percent(tap.utilization)} busy, this event loop ${percent(eventLoop.utilization)} busy`,
    `  ${cpu.map(({ name, cores }) => `${name} ${cores.toFixed(2)} cores`).join(', ')}`,
  ]
  return new HotbedError('ERR_HOTBED_EVIDENCE', { message: lines.join('\n'), remedy })
}
