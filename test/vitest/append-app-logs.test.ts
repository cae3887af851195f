import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()

const SERVER = `
import { createServer } from 'node:http'
createServer((request, response) => {
  if (request.url === '/boom') console.error('TypeError: the price is undefined')
  response.end(request.url)
}).listen(process.env.PORT, '127.0.0.1')
`

const CHECK = `
import { expect, test } from 'hotbed/vitest'
import { report } from './report.js'
test('fails, and stops it', async ({ suite }) => {
  await using app = await suite.startApp('node server.mjs')
  await fetch(app.url + '/boom')
  expect(1).toBe(2)
})
test('passes', async ({ suite }) => {
  await using app = await suite.startApp('node server.mjs')
  await fetch(app.url + '/boom')
})
test('fails without one', () => {
  expect(1).toBe(3)
})
test('fails, and does not stop it', async ({ suite }) => {
  const app = await suite.startApp('node server.mjs', { instances: 2, name: 'api' })
  await fetch(app.url + '/boom')
  await app.instances[1].kill()
  report({ instance: app.instances[0].pid })
  expect(1).toBe(4)
})
`

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('what an application has logged stands in the error of the test that failed; one that was forgotten ends with the file', async () => {
  const project = consumer.project({
    'vitest.config.ts': config('{ redis: {} }'),
    'server.mjs': SERVER,
    'a.check.ts': CHECK,
  })

  const { output, reports } = await project.run()

  const blocks = output
    .split(/^ FAIL {2}/m)
    .slice(1)
    .map((block) =>
      block
        .replace(/^ ❯ [^]*/m, '')
        .trimEnd()
        .replaceAll(/ +$/gm, ''),
    )
  expect(blocks.join('\n---\n')).toMatchInlineSnapshot(`
    "a.check.ts > fails, and stops it
    AssertionError: expected 1 to be 2 // Object.is equality

      instance 1 of 'node server.mjs', logged last:
        TypeError: the price is undefined

    - Expected
    + Received

    - 2
    + 1
    ---
    a.check.ts > fails without one
    AssertionError: expected 1 to be 3 // Object.is equality

    - Expected
    + Received

    - 3
    + 1
    ---
    a.check.ts > fails, and does not stop it
    AssertionError: expected 1 to be 4 // Object.is equality

      api 1 of 'node server.mjs', logged last:
        TypeError: the price is undefined
      api 2 of 'node server.mjs', which ended with status 137, logged nothing

    - Expected
    + Received

    - 4
    + 1"
  `)
  expect(reports).toHaveLength(1)
  expect(isAlive(Number(reports[0]?.['instance']))).toBe(false)
})
