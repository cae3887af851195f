import type { Statement } from '../../wire/recording/recording.js'

const TEXT = 90
const VALUE = 30

/** A statement in one line, with its values where they do not stand in it: `UPDATE seats SET … WHERE id = $1  [7]`. */
export function statementLine({ sql, values }: Pick<Statement, 'sql' | 'values'>): string {
  const text = clip(sql.replaceAll(/\s+/g, ' ').trim(), TEXT)
  return values.length === 0 ? text : `${text}  [${values.map((value) => clip(JSON.stringify(value), VALUE)).join(', ')}]`
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
