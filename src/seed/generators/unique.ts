import type { Generator } from '../generator.js'
import { checkDomain, checkOrder, checkWhole, wrongArgument } from './argument.js'
import { permutationOf } from './order-key.js'
import { FAMILY_NAMES, GIVEN_NAMES } from './words.js'

/**
 * Whole numbers of a range in a random order, none twice.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for an empty range; when bound, for more rows than the range has numbers
 */
export function uniqueNumber(options: { readonly min: number; readonly max: number }): Generator<number> {
  const { min, max } = options
  checkWhole('uniqueNumber', 'min', min)
  checkWhole('uniqueNumber', 'max', max)
  checkOrder('uniqueNumber', 'min', 'max', min, max)
  const domain = max - min + 1
  checkWhole('uniqueNumber', 'max', domain, 1)
  return {
    kind: 'uniqueNumber',
    spec: { kind: 'uniqueNumber', min, max },
    bind: (context) => {
      checkDomain('uniqueNumber', context, domain)
      const permutation = permutationOf(context.draws, domain)
      return { at: (row) => min + permutation(row), isUnique: true, distinct: domain }
    },
  }
}

export interface UniqueTextOptions {
  /** Characters after the prefix. */
  readonly length: number
  /** Its characters. @default digits and small letters without those that look alike: '23456789abcdefghjkmnpqrstuvwxyz' */
  readonly alphabet?: string
  /** In front of each. @default '' */
  readonly prefix?: string
}

/**
 * Codes of a fixed length, none twice: order numbers, coupons, SKUs.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for an alphabet that repeats a character; when bound, for more rows than there are codes
 */
export function uniqueText(options: UniqueTextOptions): Generator<string> {
  const { length, alphabet = '23456789abcdefghjkmnpqrstuvwxyz', prefix = '' } = options
  checkWhole('uniqueText', 'length', length, 1, 10_000)
  const letters = typeof alphabet === 'string' ? Array.from(alphabet) : []
  if (letters.length < 2 || new Set(letters).size < letters.length) {
    throw wrongArgument('uniqueText', 'alphabet', 'a text of at least two characters, all different', alphabet)
  }
  if (typeof prefix !== 'string') throw wrongArgument('uniqueText', 'prefix', 'a text', prefix)
  const base = letters.length
  // As many places as a permutation can number make the text unique; the others are free to be random.
  const numbered = Math.min(length, Math.floor(Math.log(2 ** 52) / Math.log(base)))
  const domain = base ** numbered
  return {
    kind: 'uniqueText',
    spec: { kind: 'uniqueText', length, alphabet, prefix },
    bind: (context) => {
      checkDomain('uniqueText', context, domain)
      const permutation = permutationOf(context.draws, domain)
      const { below } = context.draws
      return {
        at: (row) => {
          let rest = permutation(row)
          let made = prefix
          for (let place = 0; place < numbered; place += 1) {
            const next = Math.floor(rest / base)
            made += letters[rest - next * base]
            rest = next
          }
          for (let place = numbered; place < length; place += 1) made += letters[below(row, base, place)]
          return made
        },
        isUnique: true,
        distinct: base ** length,
      }
    },
  }
}

/**
 * E-mail addresses, none twice: `nora.weber17@example.com`.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a domain that is no text
 */
export function uniqueEmail(options: { readonly domain?: string } = {}): Generator<string> {
  const { domain = 'example.com' } = options
  if (typeof domain !== 'string' || domain === '') throw wrongArgument('uniqueEmail', 'domain', 'a text such as "example.com"', domain)
  return {
    kind: 'uniqueEmail',
    spec: { kind: 'uniqueEmail', domain },
    bind: (context) => {
      // As many numbers as a size that does not change while the table grows tenfold: earlier rows keep their addresses.
      const numbers = 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(1, context.rows / 4096))) + 1)
      const permutation = permutationOf(context.draws, numbers * 4096)
      return {
        at: (row) => {
          const index = permutation(row)
          const number = Math.floor(index / 4096)
          const names = index - number * 4096
          return `${GIVEN_NAMES[names & 63]}.${FAMILY_NAMES[names >>> 6]}${number}@${domain}`
        },
        isUnique: true,
        distinct: numbers * 4096,
      }
    },
  }
}
