import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { formatSummary } from '../../src/vitest/print-summary.js'

test('steps of one name are added up, and bars show their shares', () => {
  const steps = [
    { name: 'start postgres', startedAtMs: 0, durationMs: 1_200 },
    { name: 'clone', startedAtMs: 0, durationMs: 200 },
    { name: 'clone', startedAtMs: 0, durationMs: 400 },
    { name: 'connect', startedAtMs: 0, durationMs: 0.04 },
  ]

  expect(stripVTControlCharacters(formatSummary(steps))).toBe(
    [
      'hotbed: where the time went',
      `  start postgres      1.20 s  ${'█'.repeat(24)}`,
      `  clone (2 times)   600.0 ms  ${'█'.repeat(12)}`,
      '  connect             0.0 ms  █',
    ].join('\n'),
  )
})
