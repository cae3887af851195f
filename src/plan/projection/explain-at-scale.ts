import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import type { ExplainOptions } from '../explain.js'
import type { Plan } from '../plan.js'
import type { ExplainableStatement } from '../statement.js'
import { openProjection, type ProjectionHost, type ProjectionOptions } from './open-projection.js'

/** How a statement is planned for a size that was never loaded. */
export interface ScaleOptions extends Pick<ExplainOptions, 'generic' | 'settings' | 'timeoutMs'> {
  /**
   * How columns go on when their table grows: `{ 'orders.created_at': 'continues' }`. `'continues'`: further rows have further values;
   * `'fixed'`: they repeat the values that there are; `'distinct'`: there are more different values within the range.
   *
   * @default as the dataset of the stack says; without one, unique numbers and times in the order of the rows continue, foreign keys keep their
   * children per parent, and everything else keeps its distribution
   */
  readonly columns?: ProjectionOptions['columns']
}

const OPTION_NAMES = ['generic', 'settings', 'timeoutMs', 'columns']
const MOST_ROWS = 1e12

/**
 * The plan that PostgreSQL would choose if tables had this many rows. Nothing is executed, and the suite's own database is not touched.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for rows that are no whole number or of a table that is none; `ERR_HOTBED_PROJECTION` for a table that was
 * never analysed, or when the server's files are out of reach; `ERR_HOTBED_PLAN` as `explain`
 */
export async function explainAtScale(
  host: ProjectionHost,
  statement: ExplainableStatement,
  params: readonly unknown[] | undefined,
  rows: Readonly<Record<string, number>>,
  options: ScaleOptions = {},
): Promise<Plan> {
  checkOptionNames(options, OPTION_NAMES, 'explainAtScale()')
  checkScale(rows)
  const { columns, ...explaining } = options
  const projection = await openProjection(host, { tables: Object.keys(rows), columns })
  await projection.resize(rows)
  return projection.explain(statement, params, explaining)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkScale(rows: unknown): void {
  if (typeof rows !== 'object' || rows === null || Array.isArray(rows) || Object.keys(rows).length === 0) {
    throw wrongOption('rows', 'rows by table, such as { orders: 1_000_000 }', rows)
  }
  for (const [table, count] of Object.entries(rows)) {
    if (!Number.isInteger(count) || count < 1 || count > MOST_ROWS) {
      throw wrongOption(`rows.${table}`, `a whole number of rows from 1 to ${MOST_ROWS.toLocaleString('en-US')}`, count)
    }
  }
}
