import { existsSync, statSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { HotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import type { FingerprintPart } from '../primitives/fingerprint.js'
import { wrongOption } from '../primitives/options.js'
import type { TableProjection } from './table-statistics.js'

/** The database that a dataset is written to. */
export interface DatasetTarget {
  /** Of the owner of the tables. */
  readonly url: string
  /** Of the superuser. */
  readonly adminUrl: string
}

/** What was written to a database. Plain data. */
export interface DatasetReport {
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly bytes: number; readonly seconds: number }[]
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  /** What was done otherwise than it could have been, and why. */
  readonly notes: readonly string[]
}

/** Keys that the Redis of a suite is filled with. */
export interface DatasetKeys {
  /** Everything that decides keys and values, but for the rows that they are made of. */
  readonly fingerprint: () => Promise<FingerprintPart>
  /** True when they are made of rows of the dataset's tables. */
  readonly needsTables: () => Promise<boolean>
  /** Writes them into the Redis at this URL. */
  readonly load: (url: string, options: DatasetKeysOptions) => Promise<{ readonly keys: number }>
}

export interface DatasetKeysOptions {
  /** A database that holds the rows of the dataset and nothing newer; `undefined` when keys need none. */
  readonly tables: DatasetTarget | undefined
  /** The moment from which the lives of keys are counted, in milliseconds since 1970. */
  readonly lifeBase: bigint
}

/** What a dataset knows of its rows without asking a database. */
export interface DatasetStudy {
  /** What columns will be like at these total rows by table. Tables that the dataset does not write are left out. */
  readonly project: (rows: Readonly<Record<string, number>>) => readonly TableProjection[]
  /** The values of a column such as `orders.user_id`, by how many rows have them. */
  readonly weigh: (column: string) => WeighedValues
}

/** Values of a column, ordered by how many rows have them. Plain data. */
export interface WeighedValues<Value = unknown> {
  /** The value that most rows have. */
  readonly heaviest: Value
  /** The value in the middle of all, ordered so. */
  readonly median: Value
  /** The value that fewest rows have. */
  readonly lightest: Value
  /** The first hundred in this order, the heaviest first. */
  readonly ranked: readonly Value[]
  /** How many values there are. */
  readonly distinct: number
}

/** Rows that a template is filled with, as `defineDataset` of `hotbed/seed` gives them: all that a stack has to know of them. */
export interface TemplateDataset {
  /** Everything that decides the rows: another fingerprint, another template. */
  readonly fingerprint: () => Promise<FingerprintPart>
  /** Writes the rows, and leaves statistics as they are to stay. */
  readonly load: (target: DatasetTarget) => Promise<DatasetReport>
  /** Continues the rows in a database that holds them, to new totals by table. */
  readonly grow: (target: DatasetTarget, rows: Readonly<Record<string, number>>) => Promise<DatasetReport>
  /** Looks at a database that holds the rows and nothing newer, and then knows them, also at other totals. */
  readonly study?: ((target: DatasetTarget) => Promise<DatasetStudy>) | undefined
  /** Keys that belong to the rows, if there are any. */
  readonly keys?: DatasetKeys | undefined
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkTemplateDataset(option: string, dataset: unknown): void {
  if (typeof dataset === 'string' ? dataset !== '' : isTemplateDataset(dataset)) return
  throw wrongOption(option, "what defineDataset() of 'hotbed/seed' returns, or the path of a module that exports it", dataset)
}

/**
 * The dataset itself, or what the module at this path exports as `dataset` or by default.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a module that cannot be loaded or exports no dataset
 */
export async function resolveDataset(dataset: TemplateDataset | string): Promise<TemplateDataset> {
  if (typeof dataset !== 'string') return dataset
  const exported = await importDataset(dataset)
  if (isTemplateDataset(exported)) return exported
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${dataset} exports no dataset.`,
    remedy: "Export one: export const dataset = defineDataset({ tables: { users: 1000 } }), with defineDataset of 'hotbed/seed'.",
  })
}

async function importDataset(path: string): Promise<unknown> {
  const url = pathToFileURL(path)
  // Watch mode loads it anew once it has changed.
  if (existsSync(path)) url.searchParams.set('changed', String(statSync(path).mtimeMs))
  try {
    const module = (await import(url.href)) as { readonly dataset?: unknown; readonly default?: unknown }
    return module.dataset ?? module.default
  } catch (error) {
    const { code, message } = errorFields(error)
    throw new HotbedError(
      'ERR_HOTBED_OPTION',
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? {
            message: `${path} is TypeScript, which Node ${process.versions.node} does not read.`,
            remedy:
              "Import the dataset where the stack is and give the object: import { dataset } from './shop.dataset.js'. Or write the file as .mjs, or use Node 22.18 or newer.",
            cause: error,
          }
        : { message: `${path} could not be loaded: ${message}`, cause: error },
    )
  }
}

function isTemplateDataset(value: unknown): value is TemplateDataset {
  if (typeof value !== 'object' || value === null) return false
  return ['fingerprint', 'load', 'grow'].every((name) => typeof Reflect.get(value, name) === 'function')
}
