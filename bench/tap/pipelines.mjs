// GETs in pipelines of 1,000 over two raw sockets, and by node-redis: operations a second.
import { once } from 'node:events'
import { connect } from 'node:net'
import { createClient } from 'redis'
import { median } from '../report.mjs'
import { openWays } from './open.mjs'

const ROUNDS = Number(process.argv[2] ?? 7)
const PIPELINE = 1000
const PIPELINES = 100

const ways = await openWays()
const value = 'x'.repeat(32)
for (let at = 0; at < PIPELINE; at += 1) await ways.send(['SET', `key:${1000 + at}`, value])
const requests = Buffer.from(Array.from({ length: PIPELINE }, (_, at) => `*2\r\n$3\r\nGET\r\n$8\r\nkey:${1000 + at}\r\n`).join(''))
const replyBytes = `$${value.length}\r\n${value}\r\n`.length * PIPELINE

async function openRaw(url) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.setNoDelay(true)
  await once(socket, 'connect')
  return {
    run: () =>
      new Promise((resolve, reject) => {
        let sent = 0
        let missing = 0
        const next = () => {
          if (sent === PIPELINES) return resolve()
          sent += 1
          missing += replyBytes
          socket.write(requests)
        }
        socket.removeAllListeners('data')
        socket.on('data', (bytes) => {
          missing -= bytes.length
          if (missing < 0) reject(new Error('more came than was asked for'))
          if (missing === 0) next()
        })
        next()
      }),
    end: () => socket.destroy(),
  }
}

async function openClient(url) {
  const client = createClient({ url })
  await client.connect()
  return {
    run: async () => {
      for (let at = 0; at < PIPELINES / 4; at += 1) {
        await Promise.all(Array.from({ length: PIPELINE }, (_, key) => client.get(`key:${1000 + key}`)))
      }
    },
    end: () => client.close(),
  }
}

async function measure(connections, operations) {
  const from = performance.now()
  await Promise.all(connections.map(({ run }) => run()))
  return (operations * 1000) / (performance.now() - from)
}

const raw = {}
const client = {}
for (const name of ['direct', 'thread']) {
  raw[name] = [await openRaw(ways.redis[name]), await openRaw(ways.redis[name])]
  client[name] = [await openClient(ways.redis[name])]
}
const rates = { direct: [], thread: [], clientDirect: [], clientThread: [] }
for (let round = 0; round < ROUNDS; round += 1) {
  rates.direct.push(await measure(raw.direct, 2 * PIPELINES * PIPELINE))
  rates.thread.push(await measure(raw.thread, 2 * PIPELINES * PIPELINE))
  rates.clientDirect.push(await measure(client.direct, (PIPELINES * PIPELINE) / 4))
  rates.clientThread.push(await measure(client.thread, (PIPELINES * PIPELINE) / 4))
}
for (const { end } of [...raw.direct, ...raw.thread, ...client.direct, ...client.thread]) await end()
await ways.close(Object.fromEntries(Object.entries(rates).map(([name, list]) => [name, median(list)])))
