import { HotbedError } from '../../../primitives/error.js'
import { shellQuote } from '../../../primitives/shell-quote.js'
import type { Engine } from '../../container/engine.js'
import { findContainerImage } from '../../container/image.js'
import { readImageRecord } from '../../container/image-record.js'

/** Of the superuser in the saved files; each server gets another at its start. Whoever can read an image owns the engine anyway. */
export const PASSWORD_LABEL = 'hotbed.password'

/** An image of the engine in which a cluster is. */
export interface SavedFiles {
  readonly tag: string
  /** As the files have it. */
  readonly password: string
}

/**
 * What `saveImage` has noted in a directory of the cache.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_START`
 */
export async function requireSavedFiles(engine: Engine, directory: string): Promise<SavedFiles> {
  const tag = await readImageRecord(directory)
  const image = tag === undefined ? undefined : await findContainerImage(engine, tag)
  const password = image?.labels[PASSWORD_LABEL]
  if (tag !== undefined && password !== undefined) return { tag, password }
  const what = tag === undefined ? 'which is no image of a container' : `whose image '${tag}' the engine no longer has`
  throw new HotbedError('ERR_HOTBED_POSTGRES_START', {
    message: `Postgres cannot start from ${directory}, ${what}.`,
    remedy: `Remove it: rm -rf ${shellQuote(directory)}`,
  })
}
