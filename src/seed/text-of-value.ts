import { clockText, dateText } from '../primitives/calendar.js'
import type { TypeSchema } from './schema.js'

const TIMES: readonly string[] = ['timestamp', 'timestamptz', 'date', 'time', 'timetz']

/** A value as Postgres reads it from text; `undefined` for what has none. Times are milliseconds since 1970, as everywhere in a dataset. */
export function textOfValue(value: unknown, type: TypeSchema): string | undefined {
  if (type.kind === 'domain' && type.of !== undefined) return textOfValue(value, type.of)
  if (typeof value === 'string') return value
  if (typeof value === 'number') return TIMES.includes(type.name) ? momentText(value, type.name) : String(value)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return momentText(value.getTime(), type.name)
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (type.kind === 'range' && Array.isArray(value) && type.of !== undefined) return rangeText(value[0], value[1], '[)', type.of)
  if (type.kind === 'multirange' && Array.isArray(value)) return multirangeText(value, type.of)
  if (Array.isArray(value) && type.kind === 'array') return arrayText(value, type.of ?? type)
  if (typeof value !== 'object' || value === null) return undefined
  if (type.kind === 'range' && type.of !== undefined && ('lower' in value || 'upper' in value)) {
    const bounds = 'bounds' in value && typeof value.bounds === 'string' ? value.bounds : '[)'
    return rangeText(Reflect.get(value, 'lower'), Reflect.get(value, 'upper'), bounds, type.of)
  }
  return JSON.stringify(value)
}

const DAY_MS = 86_400_000

/** To the microsecond, which a Date would drop; and beyond the last day of a Date. */
function momentText(ms: number, type: string): string | undefined {
  if (!Number.isFinite(ms)) return undefined
  const days = Math.floor(ms / DAY_MS)
  const { day, era } = dateText(days)
  const time = clockText(Math.round((ms - days * DAY_MS) * 1000))
  if (type === 'date') return `${day}${era}`
  if (type === 'time' || type === 'timetz') return type === 'time' ? time : `${time}+00`
  return `${day} ${time}+00${era}`
}

function arrayText(list: readonly unknown[], element: TypeSchema): string | undefined {
  const parts: string[] = []
  for (const item of list) {
    if (item === null || item === undefined) {
      parts.push('NULL')
      continue
    }
    const text =
      Array.isArray(item) && element.kind === 'base' && !element.name.startsWith('json')
        ? arrayText(item, element)
        : textOfValue(item, element)
    if (text === undefined) return undefined
    parts.push(Array.isArray(item) && text.startsWith('{') ? text : quote(text))
  }
  return `{${parts.join()}}`
}

function multirangeText(ranges: readonly unknown[], range: TypeSchema | undefined): string | undefined {
  const texts = ranges.map((one) => (range === undefined ? undefined : textOfValue(one, range)))
  return texts.includes(undefined) ? undefined : `{${texts.join()}}`
}

function rangeText(lower: unknown, upper: unknown, bounds: string, subtype: TypeSchema): string {
  const end = (value: unknown): string => (value === null || value === undefined ? '' : quote(textOfValue(value, subtype) ?? ''))
  return `${bounds[0] ?? '['}${end(lower)},${end(upper)}${bounds[1] ?? ')'}`
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
