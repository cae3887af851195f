import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Faker } from '@faker-js/faker'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'

/** What a module exports as `make`, else by default: a value from faker and the row, from 0. Depends on nothing else. */
export type Maker = (faker: Faker, row: number) => unknown

export interface MakerModule {
  readonly make: Maker
  /** Of its text, for the fingerprint. */
  readonly hash: string
}

/** @throws {HotbedError} `ERR_HOTBED_DATASET` for a module that is not there, cannot be loaded or exports no function */
export async function loadMakerModule(url: string): Promise<MakerModule> {
  const path = fileURLToPath(url)
  let hash: string
  let exported: unknown
  try {
    hash = createHash('sha256').update(readFileSync(path)).digest('hex')
    const module = (await import(url)) as { readonly make?: unknown; readonly default?: unknown }
    exported = module.make ?? module.default
  } catch (error) {
    throw explainImport(error, path)
  }
  if (typeof exported === 'function') return { make: exported as Maker, hash }
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `each() names ${path}, which exports no function as make or by default.`,
    remedy: 'Export one: export const make = (faker, row) => faker.lorem.paragraph()',
  })
}

function explainImport(error: unknown, path: string): HotbedError {
  const { code, message } = errorFields(error)
  if (code === 'ENOENT') {
    return new HotbedError('ERR_HOTBED_DATASET', {
      message: `each() names ${path}, which does not exist.`,
      remedy: "Paths are relative to the file that names them: each(new URL('./make-review.js', import.meta.url)).",
      cause: error,
    })
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return new HotbedError('ERR_HOTBED_DATASET', {
      message: `each() names ${path}, which is TypeScript, and Node ${process.versions.node} does not read it.`,
      remedy:
        'Write the module as .js or .mjs, use Node 22.18 or newer, or give each() the function itself, which is called on the loading thread.',
      cause: error,
    })
  }
  return new HotbedError('ERR_HOTBED_DATASET', { message: `each() names ${path}, which could not be loaded: ${message}`, cause: error })
}
