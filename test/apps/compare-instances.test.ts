import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, test } from 'vitest'
import { startSuite, type App, type Suite } from '../../src/index.js'
import { expect } from '../../src/vitest/index.js'
import { messageOf } from '../matchers/races/message-of.js'

const COMMAND = `node ${fileURLToPath(new URL('server.mjs', import.meta.url))}`
const me = { path: '/me', headers: { cookie: 'session=ada' } }

let suite: Suite<{ postgres: {}; redis: {} }>
let stateful: App
let stateless: App
beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  ;[stateful, stateless] = await Promise.all([
    suite.startApp(COMMAND, { instances: 2 }),
    suite.startApp(COMMAND, { instances: 3, name: 'api', env: { SESSIONS: 'redis' } }),
  ])
  for (const app of [stateful, stateless]) await fetch(`${app.instances[0]?.url}/login`, { method: 'POST' })
})
afterAll(() => suite.dispose())

test('a session that is kept in one process is named', async () => {
  const comparison = await stateful.compareInstances([me, '/absent'], { ignore: ['requestId'] })

  expect(messageOf(() => expect(comparison).toAnswerAlike())).toMatchInlineSnapshot(`
    "1 of 2 requests: the 2 instances do not answer alike.
      GET /me
          instance 1  200 {"user":"ada"}  (asked no store)
        ✗ instance 2  401 {"error":"no session"}  (asked no store)
          status: 401 by instance 2, 200 by instance 1
      instance 1 answered without asking a store: a session is kept in its process. Keep sessions where every instance sees them: in Redis or in the database."
  `)
  expect(comparison).not.toAnswerAlike()
  expect(comparison.requests[0]?.answers.map(({ status, difference }) => ({ status, difference }))).toEqual([
    { status: 200, difference: undefined },
    { status: 401, difference: { path: 'status', own: 401, usual: 200 } },
  ])
})

test('one that is kept in Redis is there for all', async () => {
  const comparison = await stateless.compareInstances(me, { ignore: ['requestId'] })

  expect(comparison).toAnswerAlike()
  expect(messageOf(() => expect(comparison).not.toAnswerAlike())).toMatchInlineSnapshot(`
    "The 3 instances answer alike, and should not.
      GET /me
          api 1  200 {"user":"ada"}  (1 command)
          api 2  200 {"user":"ada"}  (1 command)
          api 3  200 {"user":"ada"}  (1 command)"
  `)
})

test('what differs each time is named too, and can be left out', async () => {
  const comparison = await stateless.compareInstances(me)

  expect(messageOf(() => expect(comparison).toAnswerAlike()).replaceAll(/0\.\d+/g, '0.n')).toMatchInlineSnapshot(`
    "GET /me: the 3 instances do not answer alike.
      GET /me
          api 1  200 {"user":"ada","requestId":0.n}  (1 command)
        ✗ api 2  200 {"user":"ada","requestId":0.n}  (1 command)
        ✗ api 3  200 {"user":"ada","requestId":0.n}  (1 command)
          body.requestId: 0.n by api 2, 0.n by api 1
      All of them asked a store: look for what they keep beside it, or for an answer that differs each time (the option ignore). Keep sessions where every instance sees them: in Redis or in the database."
  `)
})

test('where an instance does not answer, nothing is proved', async () => {
  const [, second] = stateful.instances
  await second?.kill()

  const comparison = await stateful.compareInstances('/absent')

  expect(messageOf(() => expect(comparison).toAnswerAlike())).toMatchInlineSnapshot(`
    "Not every instance has answered, so whether they answer alike is not known.
      GET /absent
          instance 1  404 nothing here  (asked no store)
        ✗ instance 2  it does not run  (asked no store) [ERR_HOTBED_EVIDENCE]
      → See app.log(); an instance that was ended is started again by instance.restart()."
  `)
  expect(messageOf(() => expect(comparison).not.toAnswerAlike())).toContain('is not known.')
  await second?.restart()
  const hanging = await stateful.compareInstances('/never', { timeoutMs: 50 })
  expect(hanging.requests[0]?.answers.map(({ error }) => error)).toEqual(['no answer in 50 ms', 'no answer in 50 ms'])
})

test('bad input is refused', async () => {
  await expect(stateful.compareInstances('me')).rejects.toThrow("Option 'path' must be a path such as '/products/7', but is \"me\"")
  await expect(stateful.compareInstances([])).rejects.toThrow("must be a request such as '/products/7', or several, but is an array of 0")
  await expect(stateful.compareInstances('/me', { ignore: 'a' as never })).rejects.toThrow("Option 'ignore' must be a list of names")
  expect(messageOf(() => expect({}).toAnswerAlike())).toContain('toAnswerAlike judges the answers of several instances, and was given')
  const alone = { kind: 'instance comparison', requests: [{ request: 'GET /', answers: [{}] }] }
  expect(messageOf(() => expect(alone).toAnswerAlike())).toContain('toAnswerAlike compares instances, and there is one.')
})
