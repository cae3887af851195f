import { expectTypeOf, test } from 'vitest'
import { startSuite, type App, type AppInstance, type InstanceComparison } from '../../src/index.js'
import { expect } from '../../src/vitest/index.js'

test('an application is started by a command', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const app = await suite.startApp('node server.js', { instances: 2, env: { LOG_LEVEL: 'warn' }, ready: '/health' })
  expectTypeOf(app).toEqualTypeOf<App>()
  await suite.startApp(['node', 'server.js'], { ready: /listening/, cwd: '.', timeoutMs: 1, portVariable: 'HTTP_PORT', name: 'api' })
  expectTypeOf(app.instances).toEqualTypeOf<readonly AppInstance[]>()
  expectTypeOf(app.instances[0]?.exitStatus).toEqualTypeOf<number | undefined>()
  await app.instances[1]?.kill('SIGSTOP')
  // @ts-expect-error no signal
  await app.instances[1]?.kill('KILL')
  // @ts-expect-error an option that does not exist
  await suite.startApp('node server.js', { instance: 2 })
  // @ts-expect-error numbers are texts in an environment
  await suite.startApp('node server.js', { env: { LIMIT: 5 } })
})

test('what instances answer is compared', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const app = await suite.startApp('node server.js')
  const comparison = await app.compareInstances(['/me', { path: '/orders', method: 'POST', body: { id: 1 } }], { ignore: ['at'] })
  expectTypeOf(comparison).toEqualTypeOf<InstanceComparison>()
  expect(comparison).toAnswerAlike()
  // @ts-expect-error there is nothing to say beside
  expect(comparison).toAnswerAlike({ ignore: ['at'] })
  // @ts-expect-error a request has a path
  await app.compareInstances({ method: 'GET' })
})
