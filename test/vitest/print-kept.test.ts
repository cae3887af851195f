import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KeptSuite } from '../../src/databases/run.js'
import { formatKept } from '../../src/vitest/print-kept.js'

let programs = ''

beforeAll(() => {
  programs = mkdtempSync(join(tmpdir(), 'hotbed-programs-'))
  for (const name of ['psql', 'redis-cli']) {
    writeFileSync(join(programs, name), '')
    chmodSync(join(programs, name), 0o755)
  }
})

afterAll(() => rmSync(programs, { recursive: true }))

const SUITE = {
  label: 'orders.test.ts',
  facts: { postgres: { url: 'postgresql://one' }, redis: { url: 'redis://two' } },
} as KeptSuite

test('says where the stores are, how to look at them and how to end them', () => {
  expect(stripVTControlCharacters(formatKept([SUITE], `/nowhere:${programs}`))).toBe(
    [
      'hotbed: kept the stores of orders.test.ts',
      '  postgres  postgresql://one',
      "            psql 'postgresql://one'",
      '  redis     redis://two',
      '            redis-cli -u redis://two',
      '  They stay up until: npx hotbed clean --kept',
    ].join('\n'),
  )
})

test('names no program that is not installed, and no store that is not there', () => {
  const kept: KeptSuite = { label: '', facts: { ...SUITE.facts, redis: undefined } }

  expect(stripVTControlCharacters(formatKept([kept], '/nowhere'))).toBe(
    ['hotbed: kept the stores of a suite', '  postgres  postgresql://one', '  They stay up until: npx hotbed clean --kept'].join('\n'),
  )
})
