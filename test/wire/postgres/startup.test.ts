import { expect, test } from 'vitest'
import { decodeStartup, decodeCancel, writeRefusal } from '../../../src/wire/postgres/startup.js'
import { decodeNotice } from '../../../src/wire/postgres/messages.js'
import { collect, packet } from './collect.js'
import { converse } from './converse.js'
import { usePostgres } from '../../plan/with-postgres.js'

const start = (...pairs: string[]): Buffer => packet(0x0003_0000, `${pairs.map((one) => `${one}\0`).join('')}\0`)
const database = usePostgres({ provider: 'embedded' }, 'SELECT 1')

test('a real client says who it is', async () => {
  const client = collect('client')
  client.read((await converse(database().server, async () => {})).client)
  const startup = decodeStartup(client.frames[0]![1])
  expect(startup).toMatchObject({ major: 3, minor: 0, isReplication: false })
  expect(Object.fromEntries(startup.parameters)).toMatchObject({ user: 'postgres', database: 'postgres', application_name: 'größe' })
})

test.each(['true', 'on', 'YES', '1', 't', 'database', 'nonsense'])('replication=%s is a replication connection', (value) => {
  expect(decodeStartup(start('user', 'ada', 'replication', value)).isReplication).toBe(true)
})

test.each(['false', 'off', 'NO', '0', 'f', 'of'])('replication=%s is none', (value) => {
  expect(decodeStartup(start('user', 'ada', 'replication', value)).isReplication).toBe(false)
})

test('a cancel request names a process and its secret', () => {
  expect(decodeCancel(packet(80_877_102, '\0\0\x01\x02abcd'))).toEqual({ processId: 258, secret: 'abcd' })
})

test('a refusal is an error that ends the connection', () => {
  const fields = decodeNotice(writeRefusal('0A000', 'no replication here'))
  expect(Object.fromEntries(fields)).toEqual({ S: 'FATAL', V: 'FATAL', C: '0A000', M: 'no replication here' })
})

test.each([
  ['of another protocol', packet(0x0002_0000, '\0'), 'StartupMessage has protocol 2.0'],
  ['with a name and no value', packet(0x0003_0000, 'user\0'), 'StartupMessage has a text that does not end'],
  ['without an end', packet(0x0003_0000, 'user\0ada\0'), 'StartupMessage has a text that does not end'],
  ['with something behind its end', packet(0x0003_0000, 'user\0ada\0\0x'), 'StartupMessage goes on after its end'],
  ['shorter than it says', start('user', 'ada').subarray(0, 12), 'StartupMessage says that it is 18 bytes long and has 12'],
  ['nothing at all', Buffer.alloc(0), 'StartupMessage ends in the middle of a field'],
])('a packet is refused when it is %s', (_, bytes, reason) => {
  expect(() => decodeStartup(bytes)).toThrow(expect.objectContaining({ name: 'WireError', reason }))
})
