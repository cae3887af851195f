/** A number, or a string with its cast: `42`, `'open'::text`, `'2024-01-01 00:00:00+00'::timestamp with time zone`, `'{1,2}'::integer[]`. */
const LITERAL =
  /(?<![\w$."])(?:\d+(?:\.\d+)?(?![\w."])|'((?:[^']|'')*)'(?:::(?:"[^"]+"|[a-z_][\w.]*)(?: (?:varying|precision|with(?:out)? time zone))*(?:\(\d+\))?(?:\[\])?)?)/g

/**
 * `(user_id = 42)` of a statement with 42 for `$1` → `(user_id = $1)`: a plan for the values at hand then reads like one for any. Constants that
 * stand in the statement itself are left alone, unless they are the same.
 */
export function nameParameters(condition: string, params: readonly unknown[]): string {
  if (params.length === 0) return condition
  return condition.replaceAll(LITERAL, (literal, quoted: string | undefined) => {
    const text = quoted === undefined ? literal : quoted.replaceAll("''", "'")
    const position = params.findIndex((value) => isWritten(value, text, quoted !== undefined))
    return position < 0 ? literal : `$${position + 1}`
  })
}

function isWritten(value: unknown, text: string, isQuoted: boolean): boolean {
  if (value instanceof Date) return Date.parse(text) === value.getTime()
  if (Array.isArray(value)) return sameList(`{${value.join(',')}}`, text)
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint') return false
  const written = String(value)
  if (written === text) return true
  if (!isQuoted) return Number(written) === Number(text) && written.trim() !== ''
  if (written.startsWith('{')) return sameList(written, text)
  // Times are printed in the zone of the session.
  return /^\d{4}-\d\d-\d\d/.test(text) && /^\d{4}-\d\d-\d\d/.test(written) && Date.parse(written) === Date.parse(text)
}

function sameList(a: string, b: string): boolean {
  return a.replaceAll('"', '') === b.replaceAll('"', '')
}
