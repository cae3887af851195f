import { hold } from 'hotbed'
import { createTest, expect } from 'hotbed/vitest'
import { synchronousChain } from '../../src/jobs/synchronous-chain.js'
import { withoutRetries } from '../../src/jobs/without-retries.js'
import { writeInvoice } from '../../src/jobs/write-invoice.js'
import { showFailure } from './expecting-failure.js'
import { openShop } from './shop.js'
import { asDeployed } from './stacks.js'

const test = createTest(asDeployed, { scope: 'test' })

test('the chain: mail and invoice are part of the request', async ({ suite }) => {
  await using shop = await openShop(suite, synchronousChain)

  const run = await suite.record(() => shop.order('ann'))

  expect(run.result.status).toBe(201)
  const failure = showFailure(() => expect(run).toExecuteStatements({ sql: /^insert into (?:mails|invoices)/i }, 0))
  expect(failure).toContain('The recording has 2 statements like sql /^insert into (?:mails|invoices)/i, expected exactly 0.')
})

test('the chain: while the mail hangs, the customer has no answer and the stock is locked', async ({ suite }) => {
  await using shop = await openShop(suite, synchronousChain)
  await using mail = await suite.intercept('INSERT INTO mails', hold({ deadlineMs: 60_000 }))
  let isAnswered = false
  const ordering = shop.order('ann').finally(() => (isAnswered = true))

  await mail.arrived()

  expect(isAnswered).toBe(false)
  await expect(suite.postgres.query('SELECT FROM products WHERE id = 7 FOR UPDATE NOWAIT')).rejects.toThrow('could not obtain lock')
  await mail.release()
  await ordering
})

test('the chain: a mail that is refused loses the order', async ({ suite }) => {
  await using shop = await openShop(suite, synchronousChain)

  const { status } = await shop.order('nobody')

  expect([status, await shop.count('orders')]).toEqual([500, 0])
})

test('jobs that are tried once: one refusal, and the mail is never sent', async ({ suite }) => {
  await using shop = await openShop(suite, withoutRetries)
  await shop.startWorker(writeInvoice)
  await shop.order('nobody')

  const queues = await suite.quiet()

  const failure = showFailure(() => expect(queues).toDeadLetter({ after: 3, jobs: 1 }))
  expect(failure).toContain('1 job failed after 1 attempt instead of 3')
  expect(failure).toContain('550 no such mailbox: nobody@example.org')
})

test('jobs without an id: a request that is sent again is invoiced again', async ({ suite }) => {
  await using shop = await openShop(suite, withoutRetries)
  await shop.startWorker(writeInvoice)

  const run = await suite.record(async () => {
    await shop.order('ann', 'the same')
    await shop.order('ann', 'the same')
    await suite.quiet()
  })

  const failure = showFailure(() => expect(run).toExecuteStatements('INSERT INTO invoices', 1))
  expect(failure).toContain('The recording has 2 statements like INSERT INTO invoices, expected exactly 1.')
})

test('a worker that dies before it acknowledges: the invoice is written twice', async ({ suite }) => {
  await using shop = await openShop(suite, withoutRetries)
  await shop.startWorker(writeInvoice)
  await shop.order('bob')
  await suite.quiet()

  // The mail is the job before it.
  const race = await suite.loseAcknowledgement(() => shop.order('ann'), {
    effect: 'SELECT count(*) AS invoices FROM invoices',
    again: () => shop.startWorker(writeInvoice),
    skip: 1,
  })

  const failure = showFailure(() => expect(race).toBeIdempotent())
  expect(failure).toContain('the second delivery changed invoices again, 2 → 3')
})
