import { expect, test } from 'vitest'
import { printWireSnapshot, type WireSnapshotOptions } from '../../../src/matchers/recording/wire-snapshot.js'
import { foldIds } from '../../../src/wire/recording/fingerprint.js'
import { record, redis, sql } from '../../wire/recording/traffic.js'

test.each([
  ['user:42', 'user:#'],
  ['user:42:cart:7', 'user:#:cart:#'],
  ['order_17', 'order_#'],
  ['v2:user:1', 'v2:user:#'],
  ['session:0b7f5f3e-1c2d-4e5f-8a9b-0c1d2e3f4a5b', 'session:#'],
  ['etag:9f86d081884c7d65', 'etag:#'],
  ['day:2026-11-21', 'day:#-#-#'],
  ['at:2026-11-21T10:00:00.000Z', 'at:#'],
  ['sess:Xy7pQ2mN8kLw3VbZ', 'sess:#'],
  ['product:list', 'product:list'],
  ['deadbeef', 'deadbeef'],
])('%s is folded to %s', (key, folded) => {
  expect(foldIds(key)).toBe(folded)
})

const RUN = record([
  redis('GET user:42', '$-1\r\n'),
  sql('SELECT * FROM users WHERE id = 42'),
  sql('SELECT * FROM users WHERE id = 43'),
  redis('MSET user:42 x user:43 y', '+OK\r\n', { keyPositions: [1, 3] }),
  redis('PUBLISH user:42 changed', ':1\r\n', { keyPositions: [] }),
  redis('XGROUP CREATE jobs g $', '-BUSYGROUP exists\r\n', { keyPositions: [2] }),
])

test('it holds what two runs have in common', () => {
  expect(printWireSnapshot(RUN).split('\n')).toEqual([
    'redis  GET user:#',
    'sql    select * from users where id = ?  ×2',
    'redis  MSET user:#',
    'redis  PUBLISH user:#',
    'redis  XGROUP CREATE jobs  ✗ BUSYGROUP',
  ])
  expect(printWireSnapshot(RUN, { unordered: true }).split('\n').at(-1)).toBe('sql    select * from users where id = ?  ×2')
})

test('what overlaps with another recording, and wrong options, are refused', () => {
  expect(() => printWireSnapshot(record([], { isOverlapping: true }))).toThrow('toMatchWireSnapshot counts, and this recording overlaps')
  expect(() => printWireSnapshot(RUN, { sorted: true } as WireSnapshotOptions)).toThrow("toMatchWireSnapshot() has no option 'sorted'.")
})
