// A server of its own process that stalls once, under an open and under a closed model.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { startSuite } from '../../dist/index.js'

const child = fork(fileURLToPath(new URL('./server.mjs', import.meta.url)))
const [port] = await once(child, 'message')
const url = `http://127.0.0.1:${port}/`
const arm = () => fetch(`${url}arm`).then((answer) => answer.text())
const suite = await startSuite({ redis: {} })

const { rate, generator } = await suite.load(url, { rate: 3_000, for: '2s' })
// The warm-up of an armed run would take some of the 1.5 s.
const [open] = await Promise.all([suite.load(url, { rate: 200, for: '4s', warmUp: 0 }), arm()])
const [closed] = await Promise.all([autocannon({ url, connections: 10, duration: 4 }), arm()])

await suite.dispose()
child.disconnect()
process.stdout.write(
  `${JSON.stringify({
    http: { perSecond: rate.issued, lateP95: generator.schedulingError.percentile(95) },
    open: open.percentile(95),
    closed: closed.latency.p97_5,
  })}\n`,
)
