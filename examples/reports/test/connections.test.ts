import { hold } from 'hotbed'
import { expect } from 'hotbed/vitest'
import { limited } from '../src/build/limited.js'
import { oneConnection } from '../src/build/one-connection.js'
import { ownConnection } from '../src/build/own-connection.js'
import { secondConnection } from '../src/build/second-connection.js'
import { READ_CLIENT } from './matches.js'
import { hammer, test } from './reports-test.js'
import { showFailure } from './show-failure.js'

test('broken: eighty endpoints open eighty connections, twenty are let in, and sixty files are missing', async ({
  suite,
  start,
  findLosses,
}) => {
  const instance = start(ownConnection)
  await using limit = await suite.postgres.control.limit({ connections: 20 })
  await using first = await suite.intercept(READ_CLIENT, hold({ deadlineMs: 30_000 }))

  const run = await suite.record(async () => {
    const letIn = hammer(instance, 1, 20)
    // PostgreSQL counts those as well whom it is about to refuse: for exactly twenty, they have to be in when the others come.
    await first.arrived(20, { timeoutMs: 30_000 })
    const others = await hammer(instance, 21, 80)
    await first.release()
    return [...(await letIn), ...others]
  })

  const failure = showFailure(() => expect(run).toHavePeakConnections({ max: 5 }))
  expect(failure).toMatch(/^At its peak the recording has \d+ postgres connections, expected at most 5\./)
  expect(failure).toContain('60 of them were not let in: 53300 too many connections for database')
  expect(run.result.filter((status) => status === 201)).toHaveLength(20)
  expect((await findLosses()).filter((loss) => loss.endsWith(': no file'))).toHaveLength(60)
  expect(limit).toBeDefined()
})

test('repaired: a pool of five, and a line in front of it', async ({ suite, start, findLosses }) => {
  const instance = start(limited(oneConnection, 5))
  await using limit = await suite.postgres.control.limit({ connections: 20 })

  const run = await suite.record(() => hammer(instance))

  expect(run).toHavePeakConnections({ max: 5 })
  expect(run.connections.list.filter(({ refusal }) => refusal !== undefined)).toEqual([])
  expect(new Set(run.result)).toEqual(new Set([201]))
  expect(await findLosses()).toEqual([])
  expect(limit).toBeDefined()
})

test('broken: each report holds a connection and waits for another one', async ({ suite, start, findLosses }) => {
  const instance = start(secondConnection)

  const run = await suite.holdAndWait(80, (participant) => instance.report(participant), { pools: [instance.stores.pool] })

  const failure = showFailure(() => expect(run).toAvoidPoolDeadlock())
  expect(failure).toContain('Deadlock of the pool: all of 80 participants left wait for a connection (80 wait), and they hold 5.')
  expect(failure).toContain('pass the client on to whatever runs within the transaction')
  expect(await findLosses()).toHaveLength(80)
})

test('repaired: all parts of a report are read on the connection of its transaction', async ({ suite, start, findLosses }) => {
  const instance = start(oneConnection)

  const run = await suite.holdAndWait(20, (participant) => instance.report(participant), { pools: [instance.stores.pool] })

  expect(run).toAvoidPoolDeadlock()
  expect(await findLosses(20)).toEqual([])
})
