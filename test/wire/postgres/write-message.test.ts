import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import {
  decodeBind,
  decodeClose,
  decodeCommandComplete,
  decodeExecute,
  decodeNotice,
  decodeParse,
  decodeReadyForQuery,
} from '../../../src/wire/postgres/messages.js'
import {
  writeBind,
  writeClose,
  writeErrorResponse,
  writeExecute,
  writeParse,
  writeQuery,
  writeReadyForQuery,
  writeSync,
} from '../../../src/wire/postgres/write-message.js'
import { usePostgres } from '../../plan/with-postgres.js'
import { collect, packet } from './collect.js'

const database = usePostgres({ provider: 'embedded' }, 'SELECT 1')

test('a real server understands each message', async () => {
  const { server } = database()
  const socket = connect(`${server.files.socketDirectory}/.s.PGSQL.${server.port}`)
  const replies = collect('server', { runs: false })
  const ready = (count: number) => (): boolean => replies.frames.filter(([kind]) => kind === 'Z').length >= count
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      replies.read(chunk)
    }
  }
  socket.write(packet(0x0003_0000, 'user\0postgres\0database\0postgres\0\0'))
  await until(ready(1))
  const before = replies.frames.length
  socket.write(
    Buffer.concat([
      writeParse('s', 'SELECT $1::text || $2::int4', [25, 23]),
      writeBind({ portal: 'p', statement: 's', formats: ['text', 'binary'], values: ['gr\xc3\xb6\xc3\x9fe ', Buffer.from([0, 0, 0, 7])] }),
      writeExecute('p', 1),
      writeExecute('p'),
      writeClose('portal', 'p'),
      writeClose('statement', 's'),
      writeSync(),
    ]),
  )
  await until(ready(2))
  socket.write(writeQuery("SELECT 'größe'"))
  await until(ready(3))
  socket.end()
  const frames = replies.frames.slice(before)
  expect(frames.map(([kind]) => kind).join('')).toBe('12DsC33ZTDCZ')
  expect(frames[2]?.[1].toString('utf8', 11)).toBe('größe 7')
  expect(decodeCommandComplete(frames[10]![1])).toBe('SELECT 1')
})

test('what is written is read back', () => {
  expect(decodeParse(writeParse('n', 'SELECT $1', [23]))).toEqual({ name: 'n', sql: 'SELECT $1', types: [23] })
  expect(decodeParse(writeParse('', 'SELECT'))).toEqual({ name: '', sql: 'SELECT', types: [] })
  const bind = { portal: 'p', statement: 's', formats: ['text', 'binary', 'text'], values: ['a', '\xff\0', null] } as const
  expect(decodeBind(writeBind(bind))).toEqual(bind)
  expect(decodeBind(writeBind({ portal: '', statement: '', values: [] }))).toEqual({ portal: '', statement: '', formats: [], values: [] })
  expect(decodeExecute(writeExecute('p', 5))).toEqual({ portal: 'p', maxRows: 5 })
  expect(decodeClose(writeClose('statement', 's'))).toEqual({ target: 'statement', name: 's' })
  expect(decodeReadyForQuery(writeReadyForQuery('T'))).toBe('T')
  const error = decodeNotice(writeErrorResponse({ severity: 'ERROR', code: '40001', message: 'größer' }))
  expect(Object.fromEntries(error)).toEqual({ S: 'ERROR', V: 'ERROR', C: '40001', M: 'größer' })
})

test('what would be another message is refused', () => {
  expect(() => writeQuery('a\0b')).toThrow('a text with a NUL cannot be sent: "a\\u0000b"')
  expect(() => writeBind({ portal: '', statement: '', values: Array<null>(65_536).fill(null) })).toThrow('at most 65535 values, not 65536')
})
