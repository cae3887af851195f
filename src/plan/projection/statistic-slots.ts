/**
 * A row of pg_statistic has five slots, each of a kind with an operator, a collation, numbers and values (PostgreSQL sources,
 * catalog/pg_statistic.h). hotbed writes the most common values into the first, the histogram into the second and the correlation into the third;
 * slots of other kinds, of which a column has at most two, move to the fourth and the fifth.
 */
const SLOTS = [1, 2, 3, 4, 5] as const
const FIELDS = ['stakind', 'staop', 'stacoll', 'stanumbers', 'stavalues'] as const
type Field = (typeof FIELDS)[number]

/** SQL: the value of one field of the slot of a kind, among the slots of row `s`. */
export function slotOfKind(kind: number, field: Field): string {
  return `case ${kind} ${SLOTS.map((slot) => `when s.stakind${slot} then s.${field}${slot}`).join(' ')} end`
}

/** SQL: every field of every slot by name, with its value for the column `g` that is told. `old`: there is a row `s` whose other slots stay. */
export function slotFields(old: boolean): readonly { readonly name: string; readonly value: string }[] {
  return FIELDS.flatMap((field) => SLOTS.map((slot) => ({ name: `${field}${slot}`, value: slotValue(field, slot, old) })))
}

function slotValue(field: Field, slot: (typeof SLOTS)[number], old: boolean): string {
  if (slot > 3) return old ? kept(field, slot === 4) : empty(field)
  const present = ['g."values"', 'g.bounds', 'g.correlation'][slot - 1] ?? ''
  // A type that cannot be sorted has an operator that only its own rule knows.
  const operator = (known: string): string => (old ? `coalesce(nullif(${known}, 0), ${slotOfKind(slot, 'staop')}, 0)` : known)
  const told: Readonly<Record<Field, string>> = {
    stakind: String(slot),
    staop: operator(slot === 1 ? 'g.equal' : 'g.less'),
    stacoll: 'g."collation"',
    stanumbers: ['g.frequencies', 'null', 'array[g.correlation]'][slot - 1] ?? 'null',
    stavalues: ['array_in(textout(g."values"), g.type, -1)', 'array_in(textout(g.bounds), g.type, -1)', 'null'][slot - 1] ?? 'null',
  }
  if (told[field] === 'null') return 'null'
  return `case when ${present} is null then ${empty(field)} else ${told[field]} end`
}

/** The first or the last slot of a kind that hotbed does not write. */
function kept(field: Field, first: boolean): string {
  const slots = first ? SLOTS : SLOTS.toReversed()
  const found = `case ${slots.map((slot) => `when s.stakind${slot} > 3 then s.${field}${slot}`).join(' ')} else ${empty(field)} end`
  if (first) return found
  const count = SLOTS.map((slot) => `(s.stakind${slot} > 3)::int`).join(' + ')
  return `case when ${count} > 1 then ${found} else ${empty(field)} end`
}

function empty(field: Field): string {
  return field === 'stanumbers' || field === 'stavalues' ? 'null' : '0'
}
