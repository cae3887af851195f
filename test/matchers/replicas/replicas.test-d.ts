import { expectTypeOf, test } from 'vitest'
import { startSuite, type PostgresRole, type Suite, type SuiteReplica } from '../../../src/index.js'
import { expect } from '../../../src/vitest/index.js'

test('a stack that names replicas has at least one', async () => {
  const one = await startSuite({ postgres: { replicas: 1 } }, { isolation: 'server' })
  expectTypeOf(one.postgres.replicas[0].url).toBeString()
  expectTypeOf(one.postgres.replicas[1]).toEqualTypeOf<SuiteReplica | undefined>()
  const none = await startSuite({ postgres: {} })
  // @ts-expect-error there may be none
  expectTypeOf(none.postgres.replicas[0].url).toBeString()
  expectTypeOf(await one.postgres.lag.bytes()).toBeNumber()
  // @ts-expect-error lag is a number of bytes, not set by a test
  await one.postgres.lag.bytes(7)
  // @ts-expect-error it is a number
  await startSuite({ postgres: { replicas: 'one' } })
  expectTypeOf<Suite<{ postgres: { replicas: 2 } }>['postgres']['replicas'][0]>().toEqualTypeOf<SuiteReplica>()
})

test('statements and rules know their server', async () => {
  const one = await startSuite({ postgres: { replicas: 1 } }, { isolation: 'server' })
  const run = await one.record(() => 1)
  expectTypeOf(run.statements[0]?.server).toEqualTypeOf<PostgresRole | undefined>()
  // @ts-expect-error no such server
  await one.intercept('SELECT', { kind: 'hang' }, { server: 'standby' })
  expect(run).toReadFrom('replica', 'SELECT')
  expect(run).not.toReadFrom('primary', { sql: /orders/ })
  expect(run).toReadYourWrites()
  // @ts-expect-error the match is missing
  expect(run).toReadFrom('replica')
  // @ts-expect-error the server comes first
  expect(run).toReadFrom('SELECT', 'replica')
  // @ts-expect-error it takes nothing
  expect(run).toReadYourWrites('orders')
})
