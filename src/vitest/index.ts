import { prepareMatchers } from './load-matchers.js'

export { createTest, type CreateTestOptions, type StackFixtures, type StackTest } from './create-test.js'
export { expect, registerMatchers } from './expect.js'
export { test, type SuiteFixtures } from './test.js'

await prepareMatchers()
