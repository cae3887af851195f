import { expect, test } from 'vitest'
import { locateStack } from '../../src/databases/locate-stack.js'

test('paths of modules are those of the config, and capabilities stay names', () => {
  const { redis } = locateStack({ redis: { modules: ['json', './modules/mine.so', '/usr/lib/other.so', 'beside.so'] } }, '/project')

  expect(redis?.modules).toEqual(['json', '/project/modules/mine.so', '/usr/lib/other.so', '/project/beside.so'])
})
