import { connect } from 'node:net'
import { once } from 'node:events'
import { createClient } from 'redis'
import { expect, test } from 'vitest'
import { hold, startSuite } from '../../../src/index.js'

test('garbage behind a request that is held ends its own connection when that goes on, and no other', async () => {
  await using suite = await startSuite({ redis: {} })
  const other = createClient({ url: suite.redis.url })
  await other.connect()
  const socket = connect({ port: suite.redis.port, host: suite.redis.host })
  const gate = await suite.intercept('GET held', hold())
  const run = await suite.startRecording()
  socket.write('*2\r\n$3\r\nGET\r\n$4\r\nheld\r\n')
  await gate.arrived()
  socket.write('*1\r\n!garbage\r\n')
  await other.ping()
  const closed = once(socket, 'close')
  await gate.release()
  await closed
  expect(await other.ping()).toBe('PONG')
  const recording = await run.stop()
  expect(recording.connections.list.flatMap(({ endedBecause }) => endedBecause ?? [])).toEqual([expect.stringContaining('no message')])
  await gate.remove()
  await other.close()
})
