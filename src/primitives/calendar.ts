/** Of the Gregorian calendar, drawn out to both sides; without the limits of a JavaScript date, which PostgreSQL's times go beyond. */

/** Days since 1970-01-01. There is a year 0: it is 1 BC. */
export function daysFromDate(year: number, month: number, day: number): number {
  // Years from March on, so that the leap day is the last.
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * DAYS_OF_ERA + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - DAYS_TO_1970
}

/** As PostgreSQL writes dates in its ISO style: `2024-02-01`, `0044-03-15 BC` in two parts. */
export function dateText(days: number): { readonly day: string; readonly era: '' | ' BC' } {
  const shifted = days + DAYS_TO_1970
  const era = Math.floor(shifted / DAYS_OF_ERA)
  const dayOfEra = shifted - era * DAYS_OF_ERA
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / (DAYS_OF_ERA - 1))) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  return { day: `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}`, era: year > 0 ? '' : ' BC' }
}

/** `10:00:00.250000`, of microseconds since midnight. */
export function clockText(us: number): string {
  const second = Math.floor(us / 1_000_000)
  const minute = Math.floor(second / 60)
  const hour = Math.floor(minute / 60)
  return `${pad(hour, 2)}:${pad(minute - hour * 60, 2)}:${pad(second - minute * 60, 2)}.${pad(us - second * 1_000_000, 6)}`
}

const DAYS_OF_ERA = 146_097
/** From the 1st of March of the year 0. */
const DAYS_TO_1970 = 719_468

function pad(part: number, digits: number): string {
  return String(part).padStart(digits, '0')
}
