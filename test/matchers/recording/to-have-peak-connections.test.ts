import { expect, test } from 'vitest'
import { toHavePeakConnections, type PeakConnectionsOptions } from '../../../src/matchers/recording/to-have-peak-connections.js'
import { connection, record } from '../../wire/recording/traffic.js'

const RUN = record([], {
  connections: [
    connection(1, { name: 'api' }),
    connection(2, { openedAt: 3, closedAt: 5 }),
    connection(3, { openedAt: 7 }),
    connection(4, { store: 'redis' }),
  ],
})

test('what was open at the same time is counted, of one store', () => {
  expect(toHavePeakConnections(RUN, 2).pass).toBe(true)
  expect(toHavePeakConnections(RUN, { max: 1 }).pass).toBe(false)
  expect(toHavePeakConnections(RUN, 1, { store: 'redis' }).pass).toBe(true)
})

test('it lists the connections', () => {
  expect(toHavePeakConnections(RUN, { max: 1 }).message()).toBe(
    [
      'At its peak the recording has 2 postgres connections, expected at most 1.',
      '  in 0.0 ms: 0 statements, 0 commands, 4 connections',
      '  2 opened while it was recorded, 1 before:',
      '    #1  api  app  shop  open at the end',
      '    #2  app  shop  closed',
      '    #3  app  shop  open at the end',
    ].join('\n'),
  )
  expect(toHavePeakConnections(RUN, 1, { store: 'redis' }).message()).toContain(
    'the recording has 1 redis connection, expected not exactly 1.',
  )
})

test('a store that is none, and no range, are refused', () => {
  expect(() => toHavePeakConnections(RUN, 1, { store: 'mysql' } as unknown as PeakConnectionsOptions)).toThrow(
    "Option 'store' must be 'postgres' or 'redis', but is \"mysql\".",
  )
  expect(() => toHavePeakConnections(RUN, undefined as never)).toThrow(
    "Option 'range' must be a whole number from 0 on, or { min, max }, but is undefined.",
  )
})

test('those that were not let in are told', () => {
  const refusal = { code: '53300', message: 'sorry, too many clients already' }
  const run = record([], { connections: [connection(1, {}), connection(2, { refusal }), connection(3, { refusal })] })
  expect(toHavePeakConnections(run, { max: 1 }).message()).toContain('  2 of them were not let in: 53300 sorry, too many clients already')
})
