import type { CatalogueIndex, IndexColumn } from '../catalogue.js'

/** Everything but the name is the same. */
export function isSameIndex(a: CatalogueIndex, b: CatalogueIndex): boolean {
  return (
    sharesRows(a, b) &&
    a.keys.length === b.keys.length &&
    a.keys.every((key, position) => isSameColumn(key, b.keys[position], 0)) &&
    a.included.length === b.included.length &&
    a.included.every((column) => b.included.includes(column))
  )
}

/** What `narrow` finds, `wide` finds as well, and in the same order: its key columns begin with those of `narrow`. */
export function covers(wide: CatalogueIndex, narrow: CatalogueIndex): boolean {
  if (wide.method !== 'btree' || !sharesRows(wide, narrow) || narrow.keys.length > wide.keys.length) return false
  const there = [...wide.keys.map(({ text }) => text), ...wide.included]
  if (!narrow.included.every((column) => there.includes(column))) return false
  // An index is read backwards as well, with all its directions turned.
  return [0, 3].some((turn) => narrow.keys.every((key, position) => isSameColumn(key, wide.keys[position], turn)))
}

/** Of two that do the same, the one that is to stay: what a constraint or foreign key needs, then the unique one, then the older. */
export function staysRather(a: CatalogueIndex, b: CatalogueIndex): boolean {
  const rank = (index: CatalogueIndex): number =>
    (index.needed ? 8 : 0) + (index.primary ? 4 : 0) + (index.constraint === undefined ? 0 : 2) + (index.unique ? 1 : 0)
  return rank(a) === rank(b) ? a.oid < b.oid : rank(a) > rank(b)
}

function sharesRows(a: CatalogueIndex, b: CatalogueIndex): boolean {
  return a.table === b.table && a.method === b.method && a.predicate === b.predicate && !a.exclusion && !b.exclusion && a.valid && b.valid
}

function isSameColumn(a: IndexColumn, b: IndexColumn | undefined, turn: number): boolean {
  return a.text === b?.text && a.opclass === b.opclass && a.collation === b.collation && a.option === (b.option ^ turn)
}
