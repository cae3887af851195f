import { describe, expect, onTestFinished, test } from 'vitest'
import { missingCapabilities } from '../../src/databases/missing-capabilities.js'
import { createRun } from '../../src/databases/run.js'

const stack = { redis: { modules: ['search'] } }
const missing = await missingCapabilities(stack)

describe.skipIf(missing !== undefined)(
  `RediSearch of the system's packages${missing === undefined ? '' : ` (skipped: ${missing.split('\n')[0]})`}`,
  () => {
    test('finds words, in every suite of a run and after a reset, of which none sees what another has left', async () => {
      const run = createRun({ spares: 1 })
      onTestFinished(() => run.close())
      const index = ['FT.CREATE', 'books', 'SCHEMA', 'title', 'TEXT']
      const add = ['HSET', 'book:1', 'title', 'the harbour at night']

      const first = await run.openSuite(stack)
      expect(first.facts.redis?.modules).toEqual(['ft'])
      expect(await first.verbs.send(index)).toBe('OK')
      expect(await first.verbs.send(add)).toBe(1)
      await first.verbs.reset()
      expect(await first.verbs.send(index)).toBe('OK')
      await first.verbs.dispose()

      const second = await run.openSuite(stack)
      expect(second.facts.redis?.modules).toEqual(['ft'])
      expect(await second.verbs.send(index)).toBe('OK')
    })
  },
)
