import { FlowProducer, Queue, Worker } from 'bullmq'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../src/index.js'

let suite: Suite<{ redis: {} }>
const closed: { readonly close: () => Promise<void> }[] = []

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
})
afterEach(async () => {
  await Promise.all(closed.splice(0).map((one) => one.close()))
  await suite.redis.send('FLUSHALL')
})
afterAll(() => suite?.dispose())

const closing = <One extends { readonly close: () => Promise<void> }>(one: One): One => {
  closed.push(one)
  return one
}

test('queues are found whatever their prefix, and what only looks like one is not', async () => {
  const connection = { url: suite.redis.url }
  await closing(new Queue('mail', { connection, prefix: '{shop:eu}' })).add('send', { to: 'ann' })
  await suite.redis.send('HSET', 'product:meta', 'title', 'A book')
  await suite.redis.send('SET', 'page:meta', 'x')

  const { queues } = await suite.inspectQueues()

  expect(queues).toMatchObject([{ library: 'bullmq', name: 'mail', place: '{shop:eu}', added: 1, counts: { waiting: 1 } }])
  expect(String(await suite.inspectQueues())).toBe(
    'mail (bullmq): 1 waiting, 0 completed\n  #1 send  waiting, 0 of 1 attempt made  {"to":"ann"}',
  )
})

test('a parent waits for its children, and it is not quiet before it has run', async () => {
  const connection = { url: suite.redis.url }
  const done: string[] = []
  await closing(new FlowProducer({ connection })).add({
    name: 'report',
    queueName: 'reports',
    children: [1, 2].map((part) => ({ name: 'part', queueName: 'parts', data: { part } })),
  })
  expect((await suite.inspectQueues(['reports'])).queues).toMatchObject([{ counts: { waitingChildren: 1, waiting: 0 } }])
  const work = async ({ name }: { readonly name: string }): Promise<void> => void done.push(name)
  closing(new Worker('parts', work, { connection }))
  closing(new Worker('reports', work, { connection }))

  await suite.quiet()

  expect(done).toEqual(['part', 'part', 'report'])
})

test('a queue that is paused keeps its jobs, and the remedy says so', async () => {
  const queue = closing(new Queue('mail', { connection: { url: suite.redis.url } }))
  await queue.add('send', {})
  await queue.pause()
  expect((await suite.inspectQueues()).queues).toMatchObject([{ isPaused: true, counts: { waiting: 1 } }])
  await expect(suite.quiet({ timeoutMs: 100 })).rejects.toThrow(/mail \(bullmq, paused\): 1 waiting[^]*Resume the queue that is paused/)
})

test.each([
  ['a name that is none', ['mial'], /No queue of the suite is called 'mial'; it has none/],
  ['no list', 'mail', /'queues' must be a list of names/],
  ['an empty list', [], /'queues' must be a list of names/],
])('%s is refused', async (_name, names, message) => {
  await expect(suite.inspectQueues(names as never)).rejects.toThrow(message)
})
