import { hold } from 'hotbed'
import { createTest, expect } from 'hotbed/vitest'
import { withRetries } from '../../src/jobs/with-retries.js'
import { writeInvoiceOnce } from '../../src/jobs/write-invoice-once.js'
import { openShop } from './shop.js'
import { repaired } from './stacks.js'

const test = createTest(repaired, { scope: 'test' })

test('the answer is 202, before any job has run', async ({ suite }) => {
  await using shop = await openShop(suite, withRetries)

  const run = await suite.record(() => shop.order('ann'))

  expect(run.result.status).toBe(202)
  expect(run).toExecuteStatements({ sql: /^insert into (?:mails|invoices)/i }, 0)
  expect(await suite.inspectQueues(['after-order'])).toHaveQueueDepth(2)
})

test('the answer does not wait for a mail that hangs', async ({ suite }) => {
  await using shop = await openShop(suite, withRetries)
  await shop.startWorker(writeInvoiceOnce)
  await using mail = await suite.intercept('INSERT INTO mails', hold({ deadlineMs: 60_000 }))

  const { status } = await shop.order('ann')
  await mail.arrived()

  expect(status).toBe(202)
  await mail.release()
  expect(await suite.quiet()).toDrain()
})

test('each job runs once, also of a request that is sent again', async ({ suite }) => {
  await using shop = await openShop(suite, withRetries)
  await shop.startWorker(writeInvoiceOnce)

  const run = await suite.record(async () => {
    for (const customer of ['ann', 'bob', 'cid']) await shop.order(customer)
    await shop.order('ann', 'request 1')
    return suite.quiet()
  })

  expect(run.result).toDrain()
  expect(run).toExecuteStatements('INSERT INTO mails', 3)
  expect(run).toExecuteStatements('INSERT INTO invoices', 3)
  expect([await shop.count('orders'), await shop.count('mails'), await shop.count('invoices')]).toEqual([3, 3, 3])
})

test('a commit of which the customer never heard is one order, and its jobs run once', async ({ suite }) => {
  await using shop = await openShop(suite, withRetries)
  await shop.startWorker(writeInvoiceOnce)
  const orderTwice = async (run: number): Promise<number> => {
    const first = await shop.order('ann', `run ${run}`)
    return first.status === 202 ? first.status : (await shop.order('ann', `run ${run}`)).status
  }

  const race = await suite.ambiguousCommit(orderTwice, {
    effect: 'SELECT (SELECT count(*) FROM orders) AS orders, (SELECT sum(stock) FROM products) AS stock',
  })

  expect(race).toBeIdempotent()
  expect(await suite.quiet()).toDrain()
  expect([await shop.count('orders'), await shop.count('invoices')]).toEqual([2, 2])
})

test('a mail that is refused three times is a dead letter, and the order stands', async ({ suite, clock }) => {
  await using shop = await openShop(suite, withRetries)
  await shop.startWorker(writeInvoiceOnce)
  await shop.order('nobody')

  for (const seconds of [1, 2]) {
    await expect(suite.quiet({ timeoutMs: 500 })).rejects.toThrow(/1 retrying[^]*550 no such mailbox/)
    await clock.advance(seconds)
  }
  const queues = await suite.quiet()

  expect(queues).toDeadLetter({ after: 3, jobs: 1 })
  expect([await shop.count('orders'), await shop.count('mails'), await shop.count('invoices')]).toEqual([1, 0, 1])
})

test('a worker that dies before it acknowledges: the invoice is written once', async ({ suite }) => {
  await using shop = await openShop(suite, withRetries)
  await shop.startWorker(writeInvoiceOnce)

  // The mail is the job before it.
  const race = await suite.loseAcknowledgement(() => shop.order('ann'), {
    effect: 'SELECT count(*) AS invoices FROM invoices',
    again: () => shop.startWorker(writeInvoiceOnce),
    skip: 1,
  })

  expect(race).toBeIdempotent()
  expect(await suite.quiet()).toDrain()
})
