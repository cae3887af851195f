import { expect, test } from 'vitest'
import { array } from '../../../src/seed/generators/array.js'
import { compositeUnique } from '../../../src/seed/generators/composite-unique.js'
import { derived } from '../../../src/seed/generators/derived.js'
import { each } from '../../../src/seed/generators/each.js'
import { foreignKey } from '../../../src/seed/generators/foreign-key.js'
import { growth } from '../../../src/seed/generators/growth.js'
import { lognormal, normal } from '../../../src/seed/generators/normal.js'
import { nullable } from '../../../src/seed/generators/nullable.js'
import { oneOf, weighted } from '../../../src/seed/generators/one-of.js'
import { poisson } from '../../../src/seed/generators/poisson.js'
import { pool } from '../../../src/seed/generators/pool.js'
import { sequence } from '../../../src/seed/generators/sequence.js'
import { sql } from '../../../src/seed/generators/sql.js'
import { text } from '../../../src/seed/generators/text.js'
import { uniform } from '../../../src/seed/generators/uniform.js'
import { uniqueNumber, uniqueText } from '../../../src/seed/generators/unique.js'
import { uuid } from '../../../src/seed/generators/uuid.js'
import { zipf } from '../../../src/seed/generators/zipf.js'
import { bindIn } from './with-context.js'

/** Passes for any type, as JavaScript would. */
const wrong = (value: unknown): never => value as never

test.each<[string, () => unknown, string]>([
  ['sequence', () => sequence({ step: 0 }), "Option 'step' of sequence() must be another number than 0, but is 0. [ERR_HOTBED_DATASET]"],
  ['sequence', () => sequence({ start: 1.5 }), "Option 'start' of sequence() must be a whole number, but is 1.5."],
  ['uniform', () => uniform({ min: 5, max: 4 }), "Option 'max' of uniform() is 4, which is below 'min', 5."],
  ['uniform', () => uniform({ min: Number.NaN, max: 4 }), "Option 'min' of uniform() must be a number, but is NaN."],
  ['normal', () => normal({ mean: 0, deviation: 0 }), "Option 'deviation' of normal() must be a number from 5e-324 on, but is 0."],
  ['normal', () => normal({ mean: 0, deviation: 1, min: 50 }), "Option 'min' of normal() must be where the curve has values, but is 50."],
  ['lognormal', () => lognormal({ median: 40, p99: 40 }), "Option 'p99' of lognormal() is 40, which is below 'median'"],
  ['zipf', () => zipf({ values: 0 }), "Option 'values' of zipf() must be a whole number from 1 on, but is 0."],
  ['zipf', () => zipf({ values: 9, exponent: 11 }), "Option 'exponent' of zipf() must be a number from 0 to 10, but is 11."],
  ['poisson', () => poisson(-1), "Option 'mean' of poisson() must be a number"],
  ['weighted', () => weighted({ a: 0 }), "Option 'weights' of weighted() must be above 0 for at least one value, but is 0."],
  ['weighted', () => weighted({ a: -1 }), "Option 'weights.a' of weighted() must be a number from 0 on, but is -1."],
  [
    'weighted',
    () => weighted<string>(wrong(['a', 'b'])),
    "Option 'weights' of weighted() must be an object or a list of [value, weight], but is a list of 2.",
  ],
  ['oneOf', () => oneOf([]), "Option 'values' of oneOf() must be a list with at least one value, but is a list of 0."],
  ['nullable', () => nullable(93, sequence()), "Option 'fraction' of nullable() must be a number from 0 to 1, but is 93."],
  [
    'growth',
    () => growth({ from: 'soon' }),
    `Option 'from' of growth() must be a Date, milliseconds since 1970, or ISO 8601 such as "2025-01-01T00:00:00Z", but is "soon".`,
  ],
  ['growth', () => growth({ from: '2025-01-02', to: '2025-01-01' }), "Option 'to' of growth() is"],
  [
    'growth',
    () => growth({ from: 0, shape: wrong('cubic') }),
    "Option 'shape' of growth() must be 'linear', 'exponential' or 'seasonal', but is \"cubic\".",
  ],
  ['growth', () => growth({ from: 0, hours: [1, 2] }), "Option 'hours' of growth() must be 24 weights, not all 0, but is a list of 2."],
  ['text', () => text({ min: 5, max: 2 }), "Option 'max' of text() is 2, which is below 'min', 5."],
  ['array', () => array(sequence(), 5000), "Option 'length' of array() must be a whole number from 0 to 1024, but is 5000."],
  [
    'uniqueText',
    () => uniqueText({ length: 4, alphabet: 'aab' }),
    'Option \'alphabet\' of uniqueText() must be a text of at least two characters, all different, but is "aab".',
  ],
  ['uuid', () => uuid({ version: wrong(1) }), "Option 'version' of uuid() must be 4 or 7, but is 1."],
  [
    'foreignKey',
    () => foreignKey('users', { distribution: wrong('zipf') }),
    "Option 'distribution' of foreignKey() must be 'uniform' or { zipf: exponent }, but is \"zipf\".",
  ],
  [
    'foreignKey',
    () => foreignKey('users', { distribution: 'uniform', perParent: 'fixed' }),
    "Option 'perParent' of foreignKey() must be left out with 'distribution'",
  ],
  [
    'compositeUnique',
    () => compositeUnique({ a: ['x', 'x'], b: [1] }),
    "Option 'a' of compositeUnique() must be a list without repetitions, but is a list of 2.",
  ],
  [
    'compositeUnique',
    () => compositeUnique({ a: ['x'] }),
    "Option 'columns' of compositeUnique() must be two columns or more, but is an object.",
  ],
  ['derived', () => derived(wrong('id')), 'Option \'compute\' of derived() must be a function, but is "id".'],
  ['pool', () => pool((faker) => faker.word.noun(), 0), "Option 'size' of pool() must be a whole number from 1 to 1000000, but is 0."],
  ['each', () => each(wrong(5)), "Option 'make' of each() must be a function of faker, or the URL of a file that exports one, but is 5."],
  ['each', () => each(wrong('./make.js')), 'or the URL of a file that exports one, but is "./make.js".'],
  ['sql', () => sql(' '), 'Option \'expression\' of sql() must be an SQL expression, but is " ".'],
])('%s says what is wrong when it is written down (case %#)', (_, make, said) => {
  expect(make).toThrow(said)
})

test.each<[string, () => unknown, string]>([
  [
    'uniqueText',
    () => bindIn(uniqueText({ length: 3, alphabet: '0123456789' }), { rows: { orders: 1001 } }),
    'Column orders.value needs 1,001 different values, but uniqueText() as it is written makes only 1,000. [ERR_HOTBED_DATASET]',
  ],
  [
    'uniqueNumber',
    () => bindIn(uniqueNumber({ min: 1, max: 9 }), { rows: { orders: 10 } }),
    'needs 10 different values, but uniqueNumber() as it is written makes only 9.',
  ],
  [
    'compositeUnique',
    () => bindIn(compositeUnique({ a: ['x', 'y'], b: { min: 1, max: 5 } }).a, { rows: { orders: 11 } }),
    'Table orders needs 11 different tuples of (a, b), but compositeUnique() has only 2 × 5 = 10.',
  ],
  [
    'foreignKey',
    () => bindIn(foreignKey('users'), { rows: { orders: 1, users: 0 } }),
    "Column orders.value refers to 'users', which has no rows.",
  ],
])('%s refuses more than there is, with the numbers', (_, bind, said) => {
  expect(bind).toThrow(said)
})
