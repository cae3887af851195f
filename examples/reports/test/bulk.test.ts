import { hold } from 'hotbed'
import { expect } from 'hotbed/vitest'
import { oneConnection, withOneConnection } from '../src/build/one-connection.js'
import { limitEachWorker } from '../src/jobs/limit-each-worker.js'
import { limitQueue } from '../src/jobs/limit-queue.js'
import { betweenDays } from '../src/read/between-days.js'
import { dayByDay } from '../src/read/day-by-day.js'
import { READ_CLIENT, READ_ENTRIES } from './matches.js'
import { test } from './reports-test.js'
import { showFailure } from './show-failure.js'

test('broken: two workers of five jobs each are ten at once', async ({ suite, start, startWorkers, findLosses }) => {
  const { allReports } = start(oneConnection)
  await startWorkers(oneConnection, limitEachWorker)
  await using tenth = await suite.intercept(READ_CLIENT, hold({ parties: 10, deadlineMs: 30_000 }))

  const status = await allReports()
  const queues = await suite.quiet({ timeoutMs: 30_000 })

  expect(status).toBe(202)
  const failure = showFailure(() => expect(queues).toHaveMaxActiveJobs(5))
  expect(failure).toContain('At its peak 10 jobs of reports were active at the same time, expected at most 5.')
  expect(failure).toContain('limit the queue, in BullMQ by queue.setGlobalConcurrency()')
  expect((await tenth.state()).outcome).toBe('all parties arrived')
  expect(await findLosses()).toEqual([])
})

test('repaired: one request for a year, five jobs at a time, four statements each, and nothing is lost', async ({
  suite,
  start,
  startWorkers,
  findLosses,
}) => {
  const { allReports } = start(oneConnection)
  await startWorkers(oneConnection, limitQueue)
  await using fifth = await suite.intercept(READ_CLIENT, hold({ parties: 5, deadlineMs: 30_000 }))

  const run = await suite.record(async () => ({ status: await allReports(), queues: await suite.quiet({ timeoutMs: 30_000 }) }))

  expect(run.result.status).toBe(202)
  expect(run.result.queues).toDrain()
  expect(run.result.queues).toHaveMaxActiveJobs(5)
  expect((await fifth.state()).outcome).toBe('all parties arrived')
  expect(run).toHavePeakConnections({ max: 10 })
  expect(run).toHaveMaxConcurrency({ acquire: 'BEGIN', release: 'COMMIT' }, 5)
  expect(run).toExecuteStatements(READ_ENTRIES, 80 * 4)
  expect(await findLosses()).toEqual([])
})

test('broken: a year read day by day is 365 statements', async ({ suite, start, findLosses }) => {
  const instance = start(withOneConnection(dayByDay))

  const run = await suite.record(() => instance.report(1))

  const failure = showFailure(() => expect(run).toExecuteStatements(READ_ENTRIES, { max: 4 }))
  expect(failure).toContain('The recording has 365 statements like sql /^select .* from "entries"/, expected at most 4.')
  expect(await findLosses(1)).toEqual([])
})

test('broken: chunks BETWEEN a first and a last day leave the last day out', async ({ suite, start, findLosses }) => {
  const instance = start(withOneConnection(betweenDays))

  const run = await suite.record(() => instance.report(1))

  // Four statements, a file, no error: only its rows tell.
  expect(run).toExecuteStatements(READ_ENTRIES, 4)
  expect(run.result).toBe(201)
  expect(await findLosses(1)).toEqual(['report 1: 1 of 239 entries lost, of 2025-03-31'])
})
