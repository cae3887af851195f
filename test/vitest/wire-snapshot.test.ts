import { test } from 'vitest'
import { expect } from '../../src/vitest/index.js'
import { record, redis, sql } from '../wire/recording/traffic.js'

const load = (id: number) =>
  record([redis(`GET user:${id}`, '$-1\r\n'), sql(`select * from users where id = ${id}`), redis(`SET user:${id} x`, '+OK\r\n')])

test('a recording is compared with the file of the test, ids aside', () => {
  expect(load(42)).toMatchWireSnapshot()
  expect(load(43)).toMatchWireSnapshot({ hint: 'named', unordered: true })
})

test('what is no recording is refused', () => {
  expect(() => expect([]).toMatchWireSnapshot()).toThrow(
    'toMatchWireSnapshot judges a recording, and was given an array of 0. [ERR_HOTBED_EVIDENCE]',
  )
})
