import { createTest, expect } from 'hotbed/vitest'
import { searchKnee } from './search-knee.js'
import { stack } from './stack.js'

const test = createTest(stack)

test('tokens are remembered and the pool is as large as the work asks: 100 a second hold', async ({ suite }) => {
  const knee = await searchKnee(suite, { remembersTokens: true, connections: 20 })

  expect(knee).toHandle('100/s')
})
