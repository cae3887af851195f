import type { Generator } from '../generator.js'
import { wrongArgument } from './argument.js'
import { permutationOf } from './order-key.js'

export interface UuidOptions {
  /** 4: random. 7: begins with a time that grows with the row, a millisecond a row up to the dataset's epoch. @default 4 */
  readonly version?: 4 | 7
}

const ROWS = 2 ** 48

/**
 * UUIDs, none twice by construction, not by luck.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for another version than 4 and 7
 */
export function uuid(options: UuidOptions = {}): Generator<string> {
  const { version = 4 } = options
  if (version !== 4 && version !== 7) throw wrongArgument('uuid', 'version', '4 or 7', version)
  return {
    kind: 'uuid',
    spec: { kind: 'uuid', version },
    bind: ({ draws, rows, epochMs }) => {
      const permutation = permutationOf(draws, ROWS)
      const first = Math.floor(epochMs) - rows
      return {
        at: (row) => {
          // The first 48 bits number the row; the rest is random.
          const start = (version === 7 ? first + row : permutation(row)).toString(16).padStart(12, '0')
          const middle = draws.bits(row, 1)
          const end = hex(draws.bits(row, 2)) + hex(draws.bits(row, 3)).slice(4)
          const variant = ((middle >>> 16) & 0x3fff) | 0x8000
          return `${start.slice(0, 8)}-${start.slice(8)}-${version}${hex(middle).slice(5)}-${variant.toString(16)}-${end}`
        },
        isUnique: true,
        isSorted: version === 7,
        distinct: ROWS,
      }
    },
  }
}

function hex(bits: number): string {
  return bits.toString(16).padStart(8, '0')
}
