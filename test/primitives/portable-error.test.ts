import { deserialize, serialize } from 'node:v8'
import pg from 'pg'
import { expect, test } from 'vitest'
import { HotbedError, isHotbedError } from '../../src/primitives/error.js'
import { packError, unpackError, type PortableError } from '../../src/primitives/portable-error.js'

/** Through what a message channel does. */
function carry(error: unknown): Error {
  return unpackError(deserialize(serialize(packError(error))) as PortableError)
}

test('an error of hotbed keeps its code, message, remedy, log and causes', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111 })
  const error = new HotbedError('ERR_HOTBED_CLONE', { message: 'No clone.', remedy: 'Free some space.', log: ['one', 'two'], cause })

  const carried = carry(error)

  expect(isHotbedError(carried)).toBe(true)
  expect(carried).toMatchObject({ code: 'ERR_HOTBED_CLONE', remedy: 'Free some space.', log: ['one', 'two'], message: error.message })
  expect(carried.name).toBe('HotbedError')
  expect(Object.keys(carried)).not.toContain('name')
  expect(carried.stack).toBe(error.stack)
  expect(carried.cause).toBeInstanceOf(Error)
  expect(carried.cause).toMatchObject({ message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', errno: -111 })
})

test('an error of Postgres keeps its fields', () => {
  const fields = {
    code: '23505',
    detail: 'Key (id)=(1) already exists.',
    hint: 'Use another.',
    position: '12',
    table: 'notes',
    constraint: 'notes_pkey',
  }
  const error = Object.assign(new pg.DatabaseError('duplicate key', 100, 'error'), fields)

  expect(carry(error)).toMatchObject({ name: 'error', message: 'duplicate key', length: 100, ...fields })
})

test('what is no plain data is left out, so that an error can always travel', () => {
  const error = Object.assign(new Error('no'), {
    code: 'X',
    retry: () => {},
    client: { password: 'secret' },
    list: [1],
    missing: undefined,
  })

  const carried = carry(error)

  expect(Object.keys(carried)).toEqual(['code'])
})

test('what was thrown and is no error becomes one', () => {
  expect(carry('text')).toMatchObject({ name: 'Error', message: 'text' })
  expect(carry(undefined).message).toBe('undefined')
  expect(carry(new Error('outer', { cause: 'inner' })).cause).toMatchObject({ message: 'inner' })
})

test('causes that go in a circle are cut', () => {
  const error = new Error('round')
  error.cause = error

  let depth = 0
  for (let current: unknown = carry(error); current instanceof Error; current = current.cause) depth += 1

  expect(depth).toBe(6)
})
