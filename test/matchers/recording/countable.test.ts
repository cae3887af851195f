import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { toExecuteStatements } from '../../../src/matchers/recording/to-execute-statements.js'
import { toHavePeakConnections } from '../../../src/matchers/recording/to-have-peak-connections.js'
import { toRepeatStatement } from '../../../src/matchers/recording/to-repeat-statement.js'
import { toSendCommands } from '../../../src/matchers/recording/to-send-commands.js'
import { record, sql } from '../../wire/recording/traffic.js'

let suite: Suite<{ redis: {} }>
beforeAll(async () => {
  suite = await startSuite({ redis: {} })
})
afterAll(() => suite.dispose())

test('until the application has come through the tap, nothing found proves nothing; after that it does, also when it has gone again', async () => {
  const bypassing = createClient({ url: suite.redis.directUrl })
  await bypassing.connect()
  const before = await suite.record(() => bypassing.get('product:7'))
  await bypassing.close()
  expect(before.connections.seen).toBe(0)
  for (const matcher of [toExecuteStatements, toSendCommands, toHavePeakConnections])
    expect(() => matcher(before, 0)).toThrow(`${matcher.name} found nothing, and nothing could be found`)
  expect(() => toRepeatStatement(before)).toThrow('toRepeatStatement found nothing, and nothing could be found')

  const client = createClient({ url: suite.redis.url })
  await client.connect()
  await client.close()
  const after = await suite.record(() => undefined)
  expect(after.connections.seen).toBe(1)
  expect(toExecuteStatements(after, 0).pass).toBe(true)
  expect(toSendCommands(after, 0).pass).toBe(true)
  expect(toHavePeakConnections(after, 0).pass).toBe(true)
  expect(toRepeatStatement(after).pass).toBe(false)
})

test('it says what to check', () => {
  const unseen = record([], { connections: [], connectionsSeen: 0 })
  expect(() => toExecuteStatements(unseen, 0)).toThrowErrorMatchingInlineSnapshot(`
    [HotbedError: toExecuteStatements found nothing, and nothing could be found: no connection of the application has come through the tap since the suite opened.
      in 0.0 ms: 0 statements, 0 commands, 0 connections [ERR_HOTBED_EVIDENCE]
      → Check that the application connects to suite.postgres.url and suite.redis.url, not to a directUrl, a port of its own or a mock.]
  `)
  expect(toExecuteStatements(record([sql('select 1')]), 1).pass).toBe(true)
})
