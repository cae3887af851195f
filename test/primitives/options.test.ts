import { describe, expect, test } from 'vitest'
import { checkOptionNames, nearestName, wrongOption } from '../../src/primitives/options.js'

test.each([
  ['migratoins', 'migrations'],
  ['SEED', 'seed'],
  ['extension', 'extensions'],
])('%s is near %s', (name, near) => {
  expect(nearestName(name, ['migrations', 'seed', 'extensions'])).toBe(near)
})

test('a name that is far from all has no nearest', () => {
  expect(nearestName('banana', ['migrations', 'seed'])).toBeUndefined()
})

describe('an unknown option', () => {
  test('is refused with the nearest one', () => {
    expect(() => checkOptionNames({ seed: 1, migratoins: 2 }, ['seed', 'migrations'], 'postgres')).toThrow(
      `postgres has no option 'migratoins'. [ERR_HOTBED_OPTION]\n  → Did you mean 'migrations'?`,
    )
  })

  test('is refused with all there are when none is near', () => {
    expect(() => checkOptionNames({ banana: 2 }, ['seed', 'migrations'], 'postgres')).toThrow(
      `postgres has no option 'banana'. [ERR_HOTBED_OPTION]\n  → Known options: seed, migrations.`,
    )
  })
})

test('known options pass', () => {
  expect(() => checkOptionNames({ seed: undefined }, ['seed'], 'postgres')).not.toThrow()
})

test.each([
  ['a\n', '"a\\n"'],
  [7, '7'],
  [null, 'null'],
  [undefined, 'undefined'],
  [[1, 2], 'an array of 2'],
  [{}, 'an object'],
  [() => 1, 'a function'],
])('a wrong value %j is quoted as %s', (given, quoted) => {
  expect(wrongOption('seed', 'a path', given).message).toBe(`Option 'seed' must be a path, but is ${quoted}. [ERR_HOTBED_OPTION]`)
})
