import { HotbedError } from '../primitives/error.js'
import type { ServerClock } from '../servers/clock/server-clock.js'
import type { SideConnections } from './side-connections.js'
import type { StackDefinition } from './stack.js'
import type { Isolation } from './suite-parts.js'

/** How far the server's own clock may have gone while it was moved, and asked before and after. */
const SLACK_MS = 60_000

/**
 * A clock that can be moved is for a suite that has its server alone.
 *
 * @throws {HotbedError} `ERR_HOTBED_ISOLATION`
 */
export function checkServerClock({ postgres }: StackDefinition, isolation: Isolation): void {
  if (postgres?.clock !== 'movable' || isolation === 'server') return
  throw new HotbedError('ERR_HOTBED_ISOLATION', {
    message: `postgres.clock 'movable' moves now() of the whole server, which isolation '${isolation}' shares with other suites.`,
    remedy: "Use isolation: 'server'.",
  })
}

/**
 * Moves a server's clock to `aheadMs` before the machine's, and asks it whether it has gone there. Gives `'moved'`, or `'not moved: '` and the
 * reason.
 */
export async function moveServerClock(clock: ServerClock, side: SideConnections, aheadMs: number, fromMs: number): Promise<string> {
  if ('why' in clock) return `not moved: ${clock.why}`
  const before = await readClock(side)
  await clock.set(aheadMs)
  const wentMs = (await readClock(side)) - before
  const difference = wentMs - (aheadMs - fromMs)
  if (difference >= 0 && difference < SLACK_MS) return 'moved'
  return `not moved: the server takes no notice of LD_PRELOAD (it went ${Math.round(wentMs)} ms, not ${aheadMs - fromMs})`
}

async function readClock(side: SideConnections): Promise<number> {
  const { rows } = await side.query('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms', undefined)
  return Number((rows[0] as { readonly ms?: unknown } | undefined)?.ms)
}
