import { expect, test } from 'vitest'
import { toSendCommands } from '../../../src/matchers/recording/to-send-commands.js'
import { record, redis, sql } from '../../wire/recording/traffic.js'

const RUN = record([redis('HELLO 3', '%0\r\n'), redis('GET user:1', '$1\r\nx\r\n'), redis('SET cart:1 x', '+OK\r\n'), sql('select 1')])

test('commands are counted, by match where one is given', () => {
  expect(toSendCommands(RUN).pass).toBe(true)
  expect(toSendCommands(RUN, 2).pass).toBe(true)
  expect(toSendCommands(RUN, 'GET user:*', 1).pass).toBe(true)
  expect(toSendCommands(RUN, 'GET user:*', { min: 2 }).pass).toBe(false)
  expect(toSendCommands(RUN, { redis: 'SET', key: /^cart:/ }).pass).toBe(true)
  expect(toSendCommands(RUN, 'DEL').pass).toBe(false)
})

test('it tells what was sent', () => {
  expect(toSendCommands(RUN, 'GET users:*').message()).toContain(
    'The recording has 0 commands like GET users:*, expected at least 1.\n  in 4.0 ms: 1 statement, 2 commands, 2 connections; session set-up of clients is not counted (1)\n  Nothing matched GET users:*. Nearest seen:\n    GET user:1\n    SET cart:1\n  timeline:\n',
  )
  expect(toSendCommands(RUN, 'GET user:*').message()).toContain('The recording has 1 command like GET user:*, expected not at least 1.')
})

test('SQL is refused', () => {
  expect(() => toSendCommands(RUN, 'COMMIT')).toThrow(
    'toSendCommands counts commands, and the match COMMIT means SQL. [ERR_HOTBED_OPTION]\n  → Use toExecuteStatements',
  )
})
