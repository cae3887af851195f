import type { Bound, Draws, Generator } from '../generator.js'
import { checkNumber, checkOrder, checkWhole } from './argument.js'
import { lognormal } from './normal.js'
import { uniform } from './uniform.js'
import { WORDS } from './words.js'

export type TextOptions =
  | {
      /** Characters. */
      readonly min: number
      /** Characters, included. */
      readonly max: number
    }
  | {
      /** Characters: half of the texts are shorter. */
      readonly median: number
      /** Characters: 99 of 100 are shorter. */
      readonly p99: number
      /** Characters: none is longer. @default ten times p99 */
      readonly max?: number
    }

/**
 * Words up to a number of characters: evenly between `min` and `max`, or with a long tail.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for lengths that make no sense
 */
export function text(options: TextOptions): Generator<string> {
  if ('median' in options) {
    checkNumber('text', 'median', options.median, 1)
    checkNumber('text', 'p99', options.p99, 1)
    checkOrder('text', 'median', 'p99', options.median, options.p99)
  } else {
    checkWhole('text', 'min', options.min, 0)
    checkWhole('text', 'max', options.max, 0, 100_000_000)
    checkOrder('text', 'min', 'max', options.min, options.max)
  }
  const length =
    'median' in options
      ? lognormal({
          median: options.median,
          p99: Math.max(options.p99, options.median + 1e-6),
          min: 1,
          max: options.max ?? options.p99 * 10,
          decimals: 0,
        })
      : uniform(options)
  return {
    kind: 'text',
    spec: { kind: 'text', ...options },
    bind: (context) => bindText(length.bind({ ...context, draws: context.draws.fork('length') }), context.draws),
  }
}

function bindText(length: Bound<number>, draws: Draws): Bound<string> {
  return {
    at: (row) => {
      const wanted = length.at(row) ?? 0
      let made = ''
      for (let draw = 0; made.length < wanted; draw += 1) made += fiveWords(draws.bits(row, draw))
      return wanted > 0 && made[wanted - 1] === ' ' ? `${made.slice(0, wanted - 1)}.` : made.slice(0, wanted)
    },
  }
}

/**
 * A number of words: names of products, headings, tags.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for counts that make no sense
 */
export function words(options: { readonly min: number; readonly max: number }): Generator<string> {
  checkWhole('words', 'min', options.min, 0)
  checkWhole('words', 'max', options.max, 0, 1_000_000)
  checkOrder('words', 'min', 'max', options.min, options.max)
  return {
    kind: 'words',
    spec: { kind: 'words', ...options },
    bind: (context) => {
      const length = uniform(options).bind({ ...context, draws: context.draws.fork('length') })
      const { bits } = context.draws
      return {
        at: (row) => Array.from({ length: length.at(row) ?? 0 }, (_, word) => WORDS[bits(row, word) >>> 26]).join(' '),
      }
    },
  }
}

function fiveWords(bits: number): string {
  return `${WORDS[bits & 63]} ${WORDS[(bits >>> 6) & 63]} ${WORDS[(bits >>> 12) & 63]} ${WORDS[(bits >>> 18) & 63]} ${WORDS[(bits >>> 24) & 63]} `
}
