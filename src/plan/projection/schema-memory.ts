import type { TableStatistics } from '../../databases/table-statistics.js'
import type { PlanSchema } from '../plan.js'
import { readSchema, type TableName } from '../read-schema.js'
import type { PlanSession } from '../session.js'

/** What the catalogue says about tables, asked once: between two sizes nothing but sizes changes. */
export interface SchemaMemory {
  readonly schemaOf: (tables: readonly TableName[]) => Promise<PlanSchema>
  /** These tables have other sizes from now on. */
  readonly resize: (tables: readonly TableStatistics[]) => void
}

/** @param known by the names of the tables; of a database with the same catalogue */
export function createSchemaMemory(session: PlanSession, known: Map<string, PlanSchema>): SchemaMemory {
  let sizes = new Map<string, TableStatistics>()
  return {
    schemaOf: async (tables) => {
      const key = JSON.stringify(tables)
      const schema = known.get(key) ?? (await readSchema(session, tables))
      // Of a partitioned table the sizes of its parts are summed up by the server.
      if (!schema.tables.some(({ partitioned }) => partitioned)) known.set(key, schema)
      return {
        indexes: schema.indexes,
        tables: schema.tables.map((table) => {
          const size = sizes.get(`${table.schema}.${table.name}`)
          if (size === undefined || table.partitioned) return table
          return { ...table, reltuples: size.rows, relpages: size.pages, pages: size.pages }
        }),
      }
    },
    resize: (tables) => {
      sizes = new Map(tables.map((table) => [`${table.schema}.${table.table}`, table]))
    },
  }
}
