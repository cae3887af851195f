import { HotbedError } from '../../primitives/error.js'
import { nearestName, wrongOption } from '../../primitives/options.js'
import { partitionKeyNames, type Family } from './families.js'
import { COLUMN_RULES, type ColumnRule } from './project-column.js'

/** Rules by the oid of the family's topmost table, then by column. */
export type ColumnRules = ReadonlyMap<number, ReadonlyMap<string, ColumnRule>>

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a column that is none of the tables', or a rule that is none */
export function readColumnRules(columns: Readonly<Record<string, ColumnRule>>, families: readonly Family[]): ColumnRules {
  const rules = new Map<number, Map<string, ColumnRule>>()
  for (const [place, rule] of Object.entries(columns)) {
    const at = place.lastIndexOf('.')
    const family = families.find(({ name, root }) => [name, root.name, `${root.schema}.${root.name}`].includes(place.slice(0, at)))
    const column = family?.root.columns.find(({ name }) => name === place.slice(at + 1))
    if (family === undefined || column === undefined) {
      const known = families.flatMap(({ name, root }) => root.columns.map((one) => `${name}.${one.name}`))
      const near = nearestName(place, known)
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `Option 'columns' names '${place}', which is no column of a table that gets another size.`,
        remedy: near === undefined ? `Columns: ${known.join(', ')}.` : `Did you mean '${near}'?`,
      })
    }
    if (!COLUMN_RULES.includes(rule)) throw wrongOption(`columns['${place}']`, "'continues', 'fixed' or 'distinct'", rule)
    if (rule === 'continues' && partitionKeyNames(family).has(column.name)) {
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `Option 'columns' says that '${place}' continues, but it decides which part of ${family.name} a row is in, and no part is for values to come.`,
        remedy: 'Leave the rule out: every part keeps its range, and they share the rows as they do now.',
      })
    }
    const own = rules.get(family.root.oid) ?? new Map<string, ColumnRule>()
    rules.set(family.root.oid, own.set(column.name, rule))
  }
  return rules
}
