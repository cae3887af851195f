import { describe, expect, test } from 'vitest'
import {
  decodeBackendKeyData,
  decodeBind,
  decodeBindNames,
  decodeClose,
  decodeCommandComplete,
  decodeCopyResponse,
  decodeDescribe,
  decodeExecute,
  decodeFunctionCall,
  decodeNotice,
  decodeParameterDescription,
  decodeParse,
  decodeQuery,
  decodeReadyForQuery,
} from '../../../src/wire/postgres/messages.js'
import { describeEachPostgres } from '../../plan/with-postgres.js'
import { collect, message } from './collect.js'
import { converse, talkAboutEverything } from './converse.js'

await describeEachPostgres('SELECT 1', (database) => {
  test('a real conversation is understood', async () => {
    const said = await converse(database().server, talkAboutEverything)
    const client = collect('client')
    client.read(said.client)
    const server = collect('server', { runs: false })
    server.read(said.server)
    const of = <T>(frames: (readonly [string, Buffer])[], kind: string, decode: (frame: Buffer) => T): T[] =>
      frames.filter(([one]) => one === kind).map(([, frame]) => decode(frame))

    expect(of(client.frames, 'Q', decodeQuery)).toEqual([
      'SELECT 1 AS one; SELECT 2',
      'BEGIN',
      'ROLLBACK',
      "DO $$ BEGIN RAISE NOTICE 'look'; END $$",
      'SELECT generate_series(1, 5)',
    ])
    expect(of(client.frames, 'P', decodeParse)).toEqual([
      { name: '', sql: 'SELECT $1::int AS number, $2::text AS word, $3::bytea AS nothing', types: [] },
      { name: 'by id', sql: 'SELECT $1::int', types: [] },
      { name: '', sql: 'SELECT 1 / $1::int', types: [] },
    ])
    expect(of(client.frames, 'B', decodeBind)).toEqual([
      { portal: '', statement: '', formats: ['text', 'text', 'text'], values: ['7', Buffer.from('größe').toString('latin1'), null] },
      { portal: '', statement: 'by id', formats: ['text'], values: ['1'] },
      { portal: '', statement: 'by id', formats: ['text'], values: ['2'] },
      { portal: '', statement: '', formats: ['text'], values: ['0'] },
    ])
    expect(of(client.frames, 'B', decodeBindNames)[1]).toEqual({ portal: '', statement: 'by id' })
    expect(of(client.frames, 'D', decodeDescribe)[0]).toEqual({ target: 'portal', name: '' })
    expect(of(client.frames, 'E', decodeExecute)[0]).toEqual({ portal: '', maxRows: 0 })
    expect(of(server.frames, 'C', decodeCommandComplete)).toEqual([
      'SELECT 1',
      'SELECT 1',
      'SELECT 1',
      'SELECT 1',
      'SELECT 1',
      'BEGIN',
      'ROLLBACK',
      'DO',
      'SELECT 5',
    ])
    expect(of(server.frames, 'Z', decodeReadyForQuery).join('')).toBe('IIIIITEIII')
    const [error] = of(server.frames, 'E', decodeNotice)
    expect(Object.fromEntries(error ?? [])).toMatchObject({ S: 'ERROR', V: 'ERROR', C: '22012', M: 'division by zero', R: 'int4div' })
    const [notice] = of(server.frames, 'N', decodeNotice)
    expect(Object.fromEntries(notice ?? [])).toMatchObject({
      V: 'NOTICE',
      M: 'look',
      W: 'PL/pgSQL function inline_code_block line 1 at RAISE',
    })
    const [key] = of(server.frames, 'K', decodeBackendKeyData)
    expect(key?.processId).toBeGreaterThan(1)
    expect(key?.secret).toHaveLength(4)
  })
})

describe('what pg does not send', () => {
  const words = (...parts: number[]): Buffer => Buffer.from(parts.flatMap((part) => [part >>> 8, part & 0xff]))

  test('one format stands for all values, none for text', () => {
    const values = Buffer.from([0, 2, 0, 0, 0, 1, 0x61, 0xff, 0xff, 0xff, 0xff])
    const bind = (formats: Buffer): Buffer => message('B', Buffer.concat([Buffer.from('p\0s\0'), formats, values, words(0)]))
    const expected = { portal: 'p', statement: 's', values: ['a', null] }
    expect(decodeBind(bind(words(0)))).toEqual({ ...expected, formats: ['text', 'text'] })
    expect(decodeBind(bind(words(1, 1)))).toEqual({ ...expected, formats: ['binary', 'binary'] })
    expect(decodeBind(bind(words(2, 0, 1)))).toEqual({ ...expected, formats: ['text', 'binary'] })
    expect(decodeBind(bind(words(1, 9))), 'a code that the server will refuse').toEqual({ ...expected, formats: ['binary', 'binary'] })
  })

  test('a value is cut at 4 kB', () => {
    const body = Buffer.concat([Buffer.from('\0\0'), words(0, 1, 0, 5000), Buffer.alloc(5000, 0xe9), words(0)])
    expect(decodeBind(message('B', body)).values).toEqual(['é'.repeat(4096)])
  })

  test('types, targets, function calls and copies', () => {
    const types = Buffer.from([0, 2, 0, 0, 0, 23, 0, 0, 0, 25])
    expect(decodeParse(message('P', Buffer.concat([Buffer.from('n\0SELECT\0'), types])))).toEqual({
      name: 'n',
      sql: 'SELECT',
      types: [23, 25],
    })
    expect(decodeParameterDescription(message('t', types))).toEqual([23, 25])
    expect(decodeClose(message('C', 'Sname\0'))).toEqual({ target: 'statement', name: 'name' })
    expect(decodeClose(message('C', 'P\0'))).toEqual({ target: 'portal', name: '' })
    expect(decodeExecute(message('E', Buffer.concat([Buffer.from('c\0'), words(1, 0)])))).toEqual({ portal: 'c', maxRows: 65_536 })
    const call = Buffer.concat([words(0, 1598, 0, 1, 0, 2), Buffer.from('hi'), words(0)])
    expect(decodeFunctionCall(message('F', call))).toEqual({ function: 1598, formats: ['text'], values: ['hi'] })
    expect(decodeCopyResponse(message('G', Buffer.from([0, 0, 2, 0, 0, 0, 0])))).toEqual({ format: 'text', columns: 2 })
    expect(decodeCopyResponse(message('H', Buffer.from([1, 0, 1, 0, 1])))).toEqual({ format: 'binary', columns: 1 })
  })

  test('65,535 parameters, which are more than a signed number holds', () => {
    const types = Buffer.concat([words(65_535), Buffer.alloc(4 * 65_535)])
    expect(decodeParameterDescription(message('t', types))).toHaveLength(65_535)
  })

  test('the key of protocol 3.2 is longer', () => {
    expect(decodeBackendKeyData(message('K', Buffer.alloc(36, 1)))).toEqual({ processId: 0x0101_0101, secret: '\x01'.repeat(32) })
  })
})

describe('the first piece of a large message', () => {
  const cutAt = 65_536
  const cut = (kind: string, body: Buffer | string): Buffer => message(kind, body).subarray(0, cutAt)

  test('has as much of the statement as there is, and no half of a character', () => {
    expect(decodeQuery(cut('Q', `${'a'.repeat(100_000)}\0`), true)).toBe('a'.repeat(cutAt - 5))
    expect(decodeQuery(cut('Q', `${'€'.repeat(30_000)}\0`), true)).toBe('€'.repeat(21_843))
    expect(decodeQuery(cut('Q', `a${'€'.repeat(30_000)}\0`), true)).toBe(`a${'€'.repeat(21_843)}`)
    expect(decodeQuery(cut('Q', `aa${'😀'.repeat(30_000)}\0`), true)).toBe(`aa${'😀'.repeat(16_382)}`)
    expect(decodeParse(cut('P', `name\0${'a'.repeat(100_000)}\0\0\0`), true)).toEqual({ name: 'name', sql: 'a'.repeat(65_526), types: [] })
  })

  test('has as many values as there are', () => {
    const value = Buffer.concat([Buffer.from([0, 0, 0x61, 0xa8]), Buffer.alloc(25_000, 0x61)])
    const bind = cut('B', Buffer.concat([Buffer.from('\0s\0\0\0\0\x04'), value, value, value, value, Buffer.alloc(2)]))
    expect(decodeBind(bind, true)).toEqual({
      portal: '',
      statement: 's',
      formats: ['text', 'text', 'text'],
      values: Array(3).fill('a'.repeat(4096)),
    })
    expect(() => decodeBind(bind)).toThrow('Bind says that it is 100030 bytes long and has 65536')
  })

  test('of an error has the fields that are there', () => {
    const fields = decodeNotice(cut('E', `SERROR\0C22000\0M${'m'.repeat(100_000)}\0\0`), true)
    expect([...fields.keys()]).toEqual(['S', 'C', 'M'])
  })
})

describe('a message that is not what it says', () => {
  test.each([
    ['too short for a header', () => decodeQuery(Buffer.from('Q\0\0')), 'Query has 3 bytes, which is less than a header'],
    ['of another kind', () => decodeQuery(message('P', 'x\0')), "Query begins with byte 80, not with 'Q'"],
    ['shorter than it says', () => decodeQuery(message('Q', 'SELECT 1\0').subarray(0, 9)), 'Query says that it is 14 bytes long and has 9'],
    [
      'longer than it says',
      () => decodeQuery(Buffer.concat([message('Q', 'x\0'), Buffer.alloc(1)]), true),
      'Query says that it is 7 bytes long and has 8',
    ],
    ['without an end of its text', () => decodeQuery(message('Q', 'SELECT')), 'Query has a text that does not end'],
    ['without its number', () => decodeExecute(message('E', 'p\0\0')), 'Execute ends in the middle of a field'],
    ['with fewer types than it counts', () => decodeParse(message('P', '\0x\0\0\x01\0')), 'Parse ends in the middle of a field'],
    ['with a value beyond its end', () => decodeBind(message('B', '\0\0\0\0\0\x01\0\0\0\x09abc')), 'Bind ends in the middle of a field'],
    ['with a negative length', () => decodeBind(message('B', Buffer.from('000000000001fffffffe', 'hex'))), 'Bind has a value of -2 bytes'],
    ['of a target that there is not', () => decodeClose(message('C', 'Xa\0')), 'Close is of "X", neither portal nor statement'],
    ['of a status that there is not', () => decodeReadyForQuery(message('Z', 'Q')), 'ReadyForQuery has the status "Q"'],
    ['without the end of its fields', () => decodeNotice(message('E', 'SERROR\0')), 'ErrorResponse ends in the middle of a field'],
  ])('is refused when it is %s', (_, decode, reason) => {
    expect(decode).toThrow(expect.objectContaining({ name: 'WireError', reason }))
  })
})
