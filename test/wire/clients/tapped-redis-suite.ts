import { createTappedRun } from '../../../src/tapped-run.js'
import type { UntranslatedCommand } from '../../../src/wire/redis/clock/tap-clock.js'
import type { CommandExchange, Traffic } from '../../../src/wire/exchange.js'

/** A suite with Redis of which the tap itself is asked. */
export interface TappedRedisSuite {
  readonly url: string
  readonly directUrl: string
  /** Past the tap. */
  readonly send: (...args: readonly (string | number | Buffer)[]) => Promise<unknown>
  readonly setClockOffset: (offsetMs: number) => Promise<void>
  readonly untranslated: () => Promise<readonly UntranslatedCommand[]>
  readonly recordCommands: (act: () => Promise<unknown>) => Promise<readonly CommandExchange[]>
  readonly tap: (verb: string, params: readonly unknown[]) => Promise<unknown>
  readonly dispose: () => Promise<void>
}

export async function openTappedRedisSuite(): Promise<TappedRedisSuite> {
  const run = createTappedRun({ spares: 0 })
  const { facts, verbs } = await run.openSuite({ redis: {} }, 'clone')
  if (facts.redis === undefined) throw new Error('the suite has no redis')
  return {
    url: facts.redis.url,
    directUrl: facts.redis.directUrl,
    send: (...args) => verbs.send(args),
    setClockOffset: async (offsetMs) => void (await verbs.tap('setClockOffset', [offsetMs])),
    untranslated: async () => (await verbs.tap('untranslated', [])) as readonly UntranslatedCommand[],
    recordCommands: async (act) => {
      const id = await verbs.tap('openWindow', [{ plans: false }])
      await act()
      const { exchanges } = (await verbs.tap('closeWindow', [id, { settleMs: 5, deadlineMs: 3_000 }])) as Traffic
      return exchanges.filter((exchange) => exchange.store === 'redis')
    },
    tap: verbs.tap,
    dispose: async () => {
      await verbs.dispose()
      await run.close()
    },
  }
}
