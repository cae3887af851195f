const SET = /\bset\b([^]*?)(?:\bfrom\b|\bwhere\b|\breturning\b|$)/i
const TARGET = /(?:^|,)\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*=/gu

/** The columns that an UPDATE, or an upsert's DO UPDATE, sets. EXPLAIN does not tell; the statement does, mostly: what is not understood is left out. */
export function setColumns(sql: string): readonly string[] {
  const list = SET.exec(sql)?.[1] ?? ''
  return [...list.matchAll(TARGET)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '')
}
