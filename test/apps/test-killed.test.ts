import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DIST, isAlive, leftIn, SOON, startChild, useRunParent } from '../primitives/child.js'

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url))
const runs = useRunParent()

test('a test process that is killed leaves no instance, nothing that one has started, and no file', async () => {
  const child = startChild(`
    import { startSuite } from '${DIST}index.js'
    const suite = await startSuite({ redis: {} })
    const app = await suite.startApp('node ${SERVER}', { instances: 2, env: { BEHAVIOUR: 'deaf' } })
    const { pid } = await (await fetch(app.url + '/child')).json()
    say('pids', [...app.instances.map(({ pid }) => pid), pid].join(' '))
    setInterval(() => {}, 1000)
  `)
  const pids = (await child.said('pids')).split(' ').map(Number)
  expect(pids.map(isAlive)).toEqual([true, true, true])

  child.kill('SIGKILL')

  await expect.poll(() => pids.map(isAlive), SOON).toEqual([false, false, false])
  await expect.poll(() => leftIn(runs()), SOON).toEqual([])
})

test('a program that ends without stopping its application is not kept alive by it', async () => {
  const child = startChild(`
    import { startSuite } from '${DIST}index.js'
    const suite = await startSuite({ redis: {} })
    const app = await suite.startApp('node ${SERVER}')
    await fetch(app.url, { headers: { connection: 'close' } })
    say('pid', app.instances[0].pid)
  `)
  const pid = Number(await child.said('pid'))
  expect((await child.ended).status).toBe(0)
  await expect.poll(() => isAlive(pid), SOON).toBe(false)
})
