import { createTest, expect } from 'hotbed/vitest'
import { messageOf } from './message-of.js'
import { searchKnee } from './search-knee.js'
import { stack } from './stack.js'

const test = createTest(stack)

test('each request verifies its token: the event loop cracks first, however many connections there are', async ({ suite }) => {
  const knee = await searchKnee(suite, { remembersTokens: false, connections: 20 })

  const failure = messageOf(() => expect(knee).toHandle('100/s'))

  show(failure)
  expect(failure).toContain('100/s were expected to hold.')
  expect(failure).toMatch(/what gave way: cpu: the event loop of this process was \d+ % busy/)
  expect(knee.bottleneck?.kind).toBe('cpu')
})

test('two connections for a query of 25 ms: the pool cracks first, while the event loop idles', async ({ suite }) => {
  const knee = await searchKnee(suite, { remembersTokens: true, connections: 2 })

  const failure = messageOf(() => expect(knee).toHandle('100/s'))

  show(failure)
  expect(failure).toContain('100/s were expected to hold.')
  expect(failure).toMatch(/what gave way: pool: \d+ % of the time went into waiting for a connection, \d+ at a time for 2 connections/)
  expect(knee.bottleneck?.kind).toBe('pool')
})

function show(failure: string): void {
  console.log(`\nThis is what the failing expectation says:\n\n${failure}\n`)
}
