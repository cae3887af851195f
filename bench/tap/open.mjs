import { createTappedRun } from '../../dist/tapped-run.js'
import { createCommandTable } from '../../dist/wire/redis/command-table.js'
import { openTappedSuite } from '../../dist/wire/thread/tapped-suite.js'
import { startRelay } from './relay.mjs'

/**
 * A suite with four URLs for each store: `direct`, through the tap's `thread`, through the same tap on the event loop of this process (`here`), and
 * through a thread that only passes bytes on (`relay`). `recording` gives what the tap saw while `act` ran.
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
  const relay = await startRelay([target(facts.postgres), target(facts.redis)])
  const through = (store, port) => store.directUrl.replace(`:${target(store).port}`, `:${port}`)
  const urls = (name, relayed) => ({
    direct: facts[name].directUrl,
    thread: facts[name].url,
    here: through(facts[name], here.ports[name]),
    relay: through(facts[name], relayed),
  })
  return {
    postgres: urls('postgres', relay.ports[0]),
    redis: urls('redis', relay.ports[1]),
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
      await relay.end()
      await run.close()
      process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
    },
  }
}
