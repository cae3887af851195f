const DAY = 86_400_000_000n
/** Days from 1970-01-01 to PostgreSQL's 2000-01-01. */
const EPOCH_DAYS = 10_957
const LAST_64 = 2n ** 63n - 1n
const LAST_32 = 2 ** 31 - 1

/** @param days since 2000-01-01 */
export function printDate(days: number): string {
  if (days === LAST_32) return 'infinity'
  if (days === -LAST_32 - 1) return '-infinity'
  const { text, era } = printDay(days)
  return text + era
}

/** @param micros since midnight */
export function printTime(micros: bigint): string {
  const seconds = micros / 1_000_000n
  const [hour, minute, second] = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => part.toString().padStart(2, '0'))
  const fraction = (micros % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
  return `${hour}:${minute}:${second}${fraction === '' ? '' : `.${fraction}`}`
}

/**
 * @param micros since 2000-01-01
 * @param zone what to print behind the time
 */
export function printTimestamp(micros: bigint, zone: string): string {
  if (micros === LAST_64) return 'infinity'
  if (micros === -LAST_64 - 1n) return '-infinity'
  const inDay = ((micros % DAY) + DAY) % DAY
  const { text, era } = printDay(Number((micros - inDay) / DAY))
  return `${text} ${printTime(inDay)}${zone}${era}`
}

/** In the style of intervalstyle 'postgres'. */
export function printInterval(micros: bigint, days: number, months: number): string {
  if (micros === LAST_64 && days === LAST_32 && months === LAST_32) return 'infinity'
  if (micros === -LAST_64 - 1n && days === -LAST_32 - 1 && months === -LAST_32 - 1) return '-infinity'
  const parts: string[] = []
  let isBefore = false
  const add = (value: number, unit: string): void => {
    if (value === 0) return
    // After a negative part a positive one says so.
    parts.push(`${isBefore && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`)
    isBefore = value < 0
  }
  add(Math.trunc(months / 12), 'year')
  add(months % 12, 'mon')
  add(days, 'day')
  if (micros !== 0n || parts.length === 0) {
    const sign = micros < 0n ? '-' : isBefore ? '+' : ''
    parts.push(sign + printTime(micros < 0n ? -micros : micros))
  }
  return parts.join(' ')
}

/** The proleptic Gregorian calendar, over the whole range of PostgreSQL, which is wider than that of Date. */
function printDay(days: number): { readonly text: string; readonly era: string } {
  // Eras of 400 years that begin on 1 March.
  const shifted = days + EPOCH_DAYS + 719_468
  const cycle = Math.floor(shifted / 146_097)
  const day = shifted - cycle * 146_097
  const yearOfCycle = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365)
  const dayOfYear = day - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100))
  const march = Math.floor((5 * dayOfYear + 2) / 153)
  const month = march < 10 ? march + 3 : march - 9
  const year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
  const parts = [year > 0 ? year : 1 - year, month, dayOfYear - Math.floor((153 * march + 2) / 5) + 1]
  return { text: parts.map((part, at) => part.toString().padStart(at === 0 ? 4 : 2, '0')).join('-'), era: year > 0 ? '' : ' BC' }
}
