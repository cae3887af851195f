import { expect, test } from 'vitest'
import { hasFailed, type TaskNode } from '../../src/vitest/has-failed.js'

test.each<[string, TaskNode, boolean]>([
  ['a file that is still running', { result: { state: 'run' }, tasks: [{ result: { state: 'pass' } }, {}] }, false],
  ['a file whose hook has failed', { result: { state: 'fail' }, tasks: [] }, true],
  ['a test that has failed deep inside', { tasks: [{ tasks: [{ result: { state: 'pass' } }, { result: { state: 'fail' } }] }] }, true],
])('%s', (_, task, expected) => {
  expect(hasFailed(task)).toBe(expected)
})
