import { baseType } from '../base-type.js'
import type { Bound, ColumnContext, Draws, Generator } from '../generator.js'
import { permutationOf } from '../generators/order-key.js'
import type { ColumnSchema } from '../schema.js'
import { domainTooSmall, inferred, limitsSpec, type InferenceTarget } from './inferred.js'
import { FAMILY_NAMES, GIVEN_NAMES, WORDS } from '../generators/words.js'
import { CITIES, COUNTRIES, COUNTRY_CODES, CURRENCIES, FIRST_NAMES, LAST_NAMES } from './words.js'

const TEXT_TYPES = /(^|\.)(text|varchar|bpchar|name|citext)$/

export function isTextType(column: ColumnSchema): boolean {
  return TEXT_TYPES.test(baseType(column.type).name)
}

/** A text of one row, or of one place in a pool. */
type TextOf = (row: number, draws: Draws) => string

const pick = (list: readonly string[], row: number, draws: Draws, draw: number): string => list[draws.below(row, list.length, draw)] ?? ''
const words = (row: number, draws: Draws, least: number, most: number): string =>
  Array.from({ length: least + draws.below(row, most - least + 1, 90) }, (_, i) => pick(WORDS, row, draws, 100 + i)).join(' ')
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const digits = (row: number, draws: Draws, count: number): string =>
  Array.from({ length: count }, (_, i) => String(draws.below(row, i === 0 ? 9 : 10, 200 + i) + (i === 0 ? 1 : 0))).join('')
const hex = (row: number, draws: Draws, count: number): string =>
  Array.from({ length: Math.ceil(count / 8) }, (_, i) =>
    draws
      .bits(row, 300 + i)
      .toString(16)
      .padStart(8, '0'),
  )
    .join('')
    .slice(0, count)
const fullName = (row: number, draws: Draws): string => `${pick(FIRST_NAMES, row, draws, 1)} ${pick(LAST_NAMES, row, draws, 2)}`

interface TextKind {
  readonly name: RegExp
  readonly make: TextOf
  /** Different for each row, not drawn from a pool. */
  readonly perRow?: boolean
  /** Where a number that tells rows apart goes; at the end when left out. */
  readonly number?: (text: string, suffix: string) => string
}

const KINDS: readonly TextKind[] = [
  {
    name: /e_?mail/,
    perRow: true,
    make: (row, draws) => `${pick(GIVEN_NAMES, row, draws, 1)}.${pick(FAMILY_NAMES, row, draws, 2)}@example.com`,
    number: (text, suffix) => `${text.slice(0, text.lastIndexOf('@'))}.${suffix}${text.slice(text.lastIndexOf('@'))}`,
  },
  { name: /(^|_)(first|given|fore)_?name$/, make: (row, draws) => pick(FIRST_NAMES, row, draws, 1) },
  { name: /(^|_)(last|family|sur)_?name$/, make: (row, draws) => pick(LAST_NAMES, row, draws, 1) },
  {
    name: /(^|_)(user_?name|login|handle|nick(name)?)$/,
    perRow: true,
    make: (row, draws) => `${pick(FIRST_NAMES, row, draws, 1)}_${pick(WORDS, row, draws, 2)}`.toLowerCase(),
  },
  {
    name: /(^|_)(company|organi[sz]ation|employer|vendor|supplier|brand)(_name)?$/,
    make: (row, draws) => `${capital(pick(WORDS, row, draws, 1))} ${capital(pick(WORDS, row, draws, 2))} Ltd`,
  },
  { name: /(^|_)(product|item)_?name$|(^|_)(title|subject|headline|label)$/, make: (row, draws) => capital(words(row, draws, 2, 4)) },
  { name: /(^|_)(full_?|display_?|real_?)name$|^(user|customer|author|contact|recipient)(_name)?$/, make: fullName },
  { name: /^name$/, make: (row, draws) => fullName(row, draws) },
  { name: /(^|_)name$/, make: (row, draws) => capital(words(row, draws, 1, 2)) },
  { name: /(^|_)(phone|mobile|tel|telephone|fax)(_number)?$/, perRow: true, make: (row, draws) => `+1555${digits(row, draws, 7)}` },
  { name: /(^|_)city$|(^|_)town$/, make: (row, draws) => pick(CITIES, row, draws, 1) },
  { name: /(^|_)(country_code|iso_?code|nationality)$/, make: (row, draws) => pick(COUNTRY_CODES, row, draws, 1) },
  { name: /(^|_)country(_name)?$/, make: (row, draws) => pick(COUNTRIES, row, draws, 1) },
  { name: /(^|_)currency(_code)?$/, make: (row, draws) => pick(CURRENCIES, row, draws, 1) },
  { name: /(^|_)(zip|zip_?code|post_?code|postal_code)$/, make: (row, draws) => digits(row, draws, 5) },
  {
    name: /(^|_)(street|address|address_?line_?1|address1)$/,
    make: (row, draws) => `${digits(row, draws, 2)} ${capital(pick(WORDS, row, draws, 1))} Street`,
  },
  {
    name: /(^|_)(url|uri|link|website|homepage|href)$/,
    make: (row, draws) => `https://example.com/${pick(WORDS, row, draws, 1)}/${pick(WORDS, row, draws, 2)}`,
  },
  { name: /(^|_)(slug|permalink)$/, make: (row, draws) => words(row, draws, 2, 3).replaceAll(' ', '-') },
  {
    name: /(^|_)(ip|ip_?address|remote_addr)$/,
    make: (row, draws) => `10.${draws.below(row, 256, 1)}.${draws.below(row, 256, 2)}.${draws.below(row, 256, 3)}`,
  },
  {
    name: /(^|_)(token|secret|api_?key|session_?id|hash|digest|checksum|fingerprint|sha256)$/,
    perRow: true,
    make: (row, draws) => hex(row, draws, 64),
  },
  { name: /password|passwd|pwd/, make: (row, draws) => `$2b$10$${hex(row, draws, 53)}` },
  { name: /(^|_)(sku|code|reference|ref|number|no)$/, perRow: true, make: (row, draws) => hex(row, draws, 8).toUpperCase() },
  {
    name: /(^|_)status$|(^|_)state$/,
    make: (row, draws) => pick(['active', 'active', 'active', 'pending', 'pending', 'closed'], row, draws, 1),
  },
  { name: /(^|_)(type|kind|category|level|tier|role|plan|channel|source)$/, make: (row, draws) => pick(WORDS.slice(0, 8), row, draws, 1) },
  { name: /(^|_)(locale|lang|language)$/, make: (row, draws) => pick(['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl'], row, draws, 1) },
  { name: /(^|_)time_?zone$|^tz$/, make: (row, draws) => pick(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo'], row, draws, 1) },
  { name: /(^|_)(colou?r)$/, make: (row, draws) => `#${hex(row, draws, 6)}` },
  {
    name: /(^|_)(description|body|content|text|comment|message|bio|notes?|summary|details?|review)$/,
    make: (row, draws) => `${capital(words(row, draws, 8, 30))}.`,
  },
]
const OTHER: TextKind = { name: /./, make: (row, draws) => words(row, draws, 1, 4) }
const POOL_SIZE = 1000

/** Text that looks like what a column of such a name holds. */
export function inferText(target: InferenceTarget): Generator<string> {
  const { column, limits, isUnique } = target
  const kind = KINDS.find(({ name }) => name.test(toSnake(column.name))) ?? OTHER
  const most = Math.min(column.length ?? 10_000, limits.maxLength ?? Infinity, baseType(column.type).name === 'name' ? 63 : Infinity)
  const least = baseType(column.type).name === 'bpchar' ? Math.max(limits.minLength ?? 0, 1) : (limits.minLength ?? 0)
  const fit = (text: string): string => (text.length > most ? text.slice(0, most).trimEnd() : text).padEnd(Math.min(least, most), 'x')
  const spec = [column.name, most, least, limitsSpec(limits)]
  if (isUnique) return inferUniqueText(target, kind, most, fit)
  if (kind.perRow === true) {
    const number = kind.number
    return inferred('text', spec, ({ draws }) => ({
      at: (row) => fit(number === undefined ? kind.make(row, draws) : number(kind.make(row, draws), String(row + 1))),
    }))
  }
  return inferred('text', spec, (context) => bindPool(context, (row, draws) => fit(kind.make(row, draws))))
}

/** Drawn once, with the frequent ones first: encoders write prepared bytes. */
function bindPool({ draws }: ColumnContext, make: TextOf): Bound<string> {
  const source = draws.fork('pool')
  const values = [...new Set(Array.from({ length: POOL_SIZE }, (_, i) => make(i, source)))]
  const index = (row: number): number => {
    const share = draws.unit(row)
    return Math.floor(share * share * values.length)
  }
  return {
    at: (row) => values[index(row)] ?? null,
    distinct: values.length,
    pool: { values, index },
    hottest: (count) => values.slice(0, count),
  }
}

/** The row's number in base 36, in a drawn order where the column is too short for anything else. */
function inferUniqueText(target: InferenceTarget, kind: TextKind, most: number, fit: (text: string) => string): Generator<string> {
  const { table, column, rows, limits } = target
  const offset = table.existingRows
  const width = (rows + offset).toString(36).length
  if (most <= width + 2 || (column.length !== undefined && column.length <= width + 2)) {
    const length = Math.min(most, 10)
    const size = 26 ** Math.min(length, 10)
    if (rows > size) throw domainTooSmall(table, [column.name], rows, size)
    return inferred('code', [column.name, length], ({ draws }) => {
      const permutation = permutationOf(draws, size)
      return { at: (row) => letters(permutation(row), length), distinct: size, isUnique: true }
    })
  }
  const room = most - 14 > 4 ? most - 14 : Math.max(0, most - width - 3)
  return inferred('unique text', [column.name, most, offset, limitsSpec(limits)], ({ draws, rows: count }) => ({
    at: (row) => {
      const suffix = (row + offset + 1).toString(36)
      const text = kind.make(row, draws)
      const whole = kind.number === undefined ? `${text}-${suffix}` : kind.number(text, suffix)
      if (whole.length <= most) return fit(whole)
      return kind.number === undefined
        ? fit(`${text.slice(0, room)}-${suffix}`)
        : fit(kind.number(text.slice(text.length - Math.min(text.length, room)), suffix)).slice(0, most)
    },
    distinct: count,
    isUnique: true,
  }))
}

function letters(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < length; i += 1) {
    text = String.fromCharCode(65 + (rest % 26)) + text
    rest = Math.floor(rest / 26)
  }
  return text
}

/** `createdAt` → `created_at`. */
export function toSnake(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}
