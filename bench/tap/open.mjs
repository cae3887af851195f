import { createTappedRun } from '../../dist/tapped-run.js'
import { createCommandTable } from '../../dist/wire/redis/command-table.js'
import { openTappedSuite } from '../../dist/wire/thread/tapped-suite.js'

/**
 * A suite with three URLs for each store: `direct`, through the tap's `thread`, and through the same tap on the event loop of this process
 * (`here`). `recording` gives what the tap saw while `act` ran.
 */
export async function openWays() {
  const run = createTappedRun({ spares: 0 })
  const { facts, verbs } = await run.openSuite({ postgres: {}, redis: {} })
  const target = (store) => {
    const { hostname: host, port } = new URL(store.directUrl)
    return { host, port: Number(port) }
  }
  const here = await openTappedSuite(
    { postgres: target(facts.postgres), redis: target(facts.redis) },
    { consult: async () => false, findBlocked: async () => [] },
  )
  here.setCommandTable(createCommandTable(await verbs.send(['COMMAND'])))
  const urls = (store, name) => ({
    direct: store.directUrl,
    thread: store.url,
    here: store.directUrl.replace(`:${target(store).port}`, `:${here.ports[name]}`),
  })
  return {
    postgres: urls(facts.postgres, 'postgres'),
    redis: urls(facts.redis, 'redis'),
    here,
    query: verbs.query,
    send: verbs.send,
    recording: async (plans, act) => {
      const window = await verbs.tap('openWindow', [{ plans }])
      await act()
      return verbs.tap('closeWindow', [window, { settleMs: 0, deadlineMs: 10_000 }])
    },
    /** The tap's thread and the servers end with the process. */
    close: async (result) => {
      here.close()
      await run.close()
      process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
    },
  }
}
