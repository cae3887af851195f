import { once } from 'node:events'
import { connect, createServer, Socket, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchRefusedConnections } from '../../src/faults/refused-connections.js'

let closed: number
const server = createServer((socket) => socket.end())

beforeAll(async () => {
  const gone = createServer()
  gone.listen(0, '127.0.0.1')
  server.listen(0, '127.0.0.1')
  await Promise.all([once(gone, 'listening'), once(server, 'listening')])
  closed = (gone.address() as AddressInfo).port
  gone.close()
  await once(gone, 'close')
})
afterAll(() => void server.close())

async function failureOf(socket: Socket): Promise<string> {
  const [error] = (await once(socket, 'error').catch((reason: unknown) => [reason])) as [Error & { code: string }]
  return error.code
}

test('each refused connection to the port is counted, however it is made', async () => {
  let refused = 0
  const stop = watchRefusedConnections(closed, () => (refused += 1))
  expect(await failureOf(connect(closed, '127.0.0.1'))).toBe('ECONNREFUSED')
  expect(await failureOf(new Socket().connect({ port: closed, host: '127.0.0.1' }))).toBe('ECONNREFUSED')
  expect(await failureOf(connect({ port: closed, host: 'localhost', autoSelectFamily: true }))).toBe('ECONNREFUSED')
  expect(refused).toBe(3)
  stop()
  await failureOf(connect(closed, '127.0.0.1'))
  expect(refused).toBe(3)
})

test('others are none of its business, and it leaves nothing behind', async () => {
  const original: unknown = Reflect.get(Socket.prototype, 'connect')
  let refused = 0
  const stop = watchRefusedConnections(1, () => (refused += 1))
  await failureOf(connect(closed, '127.0.0.1'))
  await once(connect((server.address() as AddressInfo).port, '127.0.0.1').resume(), 'close')
  stop()
  expect(refused).toBe(0)
  expect(Reflect.get(Socket.prototype, 'connect')).toBe(original)
})

test('two that watch at once each count, in whatever order they stop', async () => {
  const original: unknown = Reflect.get(Socket.prototype, 'connect')
  const counts = [0, 0]
  const stops = counts.map((_, index) => watchRefusedConnections(closed, () => (counts[index] = (counts[index] ?? 0) + 1)))
  await failureOf(connect(closed, '127.0.0.1'))
  stops[0]?.()
  await failureOf(connect(closed, '127.0.0.1'))
  stops[1]?.()
  expect(counts).toEqual([1, 2])
  expect(Reflect.get(Socket.prototype, 'connect')).not.toBe(undefined)
  expect(typeof original).toBe('function')
})
