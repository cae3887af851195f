/** A column that a statement sets. */
export interface SetColumn {
  readonly name: string
  /** It takes the value that an upsert came with: `price = excluded.price`. */
  readonly isExcluded: boolean
}

const SET = /\bset\b([^]*?)(?:\bfrom\b|\bwhere\b|\breturning\b|$)/i
const TARGET = /(?:^|,)\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*=\s*(excluded\.)?/giu

/** The columns that an UPDATE, or an upsert's DO UPDATE, sets. EXPLAIN does not tell; the statement does, mostly: what is not understood is left out. */
export function setColumns(sql: string): readonly SetColumn[] {
  const list = SET.exec(sql)?.[1] ?? ''
  return [...list.matchAll(TARGET)].map(([, quoted, plain, excluded]) => ({
    name: quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '',
    isExcluded: excluded !== undefined,
  }))
}
