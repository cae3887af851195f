import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { startTap } from '../../../src/wire/tap.js'

/** A way to a server on which what a client sends stays behind once it is closed, as on a machine that is busy. */
async function startRelay(
  host: string,
  port: number,
): Promise<{ readonly port: number; readonly keepBack: () => void; readonly hungUp: Promise<void> }> {
  let keepsBack = false
  let hangUp = (): void => {}
  const hungUp = new Promise<void>((resolve) => (hangUp = resolve))
  const relay = createServer({ allowHalfOpen: true }, (near) => {
    near.on('end', hangUp)
    const far = connect(port, host)
    near.on('data', (bytes) => void (keepsBack || far.write(bytes)))
    far.pipe(near)
    near.on('error', () => far.destroy())
    near.on('close', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  onTestFinished(() => void relay.close())
  return { port: (relay.address() as AddressInfo).port, keepBack: () => (keepsBack = true), hungUp }
}

const socketOf = (client: pg.Client): Socket =>
  (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream

const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4])

/** A client of `pg` that has come by a tap and the relay. */
async function connectByRelay(suite: Suite<{ postgres: {} }>) {
  const { hostname, port } = new URL(suite.postgres.directUrl)
  const relay = await startRelay(hostname, Number(port))
  const tap = startTap()
  const suiteTap = await tap.openSuite(
    { postgres: { host: '127.0.0.1', port: relay.port }, redis: undefined },
    {
      consult: async () => false,
      findBlocked: async () => [],
      readLog: async () => undefined,
      look: async () => undefined,
      askUpstream: async () => expect.unreachable(),
    },
  )
  const url = new URL(suite.postgres.directUrl)
  url.host = `127.0.0.1:${suiteTap.ports.postgres}`
  const client = new pg.Client({ connectionString: url.href })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return {
    relay,
    suiteTap,
    client,
    pid: rows[0]?.pid,
    tap,
  }
}

test.each([
  { what: 'a client that has said goodbye hears nothing of', saysGoodbye: true, heard: [] },
  { what: 'a client that idles is told of', saysGoodbye: false, heard: ['57P01'] },
])('$what the end of its session by an administrator', async ({ saysGoodbye, heard }) => {
  await using suite = await startSuite({ postgres: {} })
  const { relay, tap, suiteTap, client, pid } = await connectByRelay(suite)
  const errors: string[] = []
  socketOf(client).on('data', (bytes) => errors.push(/57P01/.exec(bytes.toString('latin1'))?.[0] ?? 'something else'))
  const closed = once(socketOf(client), 'close')

  relay.keepBack()
  // The end of the connection comes later than the goodbye: pg sends it in a later turn of its event loop.
  if (saysGoodbye) socketOf(client).write(TERMINATE)
  await suiteTap.letLeave()
  await suite.postgres.query('SELECT pg_terminate_backend($1)', [pid])

  await closed
  await suiteTap.close()
  await tap.close()
  expect(errors).toEqual(heard)
})

test('a client that has hung up, and the end of the server is not there yet when the suite ends, is not left half open', async () => {
  await using suite = await startSuite({ postgres: {} })
  const { relay, tap, suiteTap, client } = await connectByRelay(suite)
  const closed = once(socketOf(client), 'close')

  relay.keepBack()
  socketOf(client).end(TERMINATE)
  await relay.hungUp
  await suiteTap.close()

  // The thread goes on, for other suites.
  await expect(closed).resolves.toEqual([false])
  await tap.close()
})
