import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const RECORD_FILE = 'container-image'

/** Notes in a directory of the cache that an image of the engine belongs to it: without the record it may go. */
export async function writeImageRecord(directory: string, tag: string): Promise<void> {
  await writeFile(join(directory, RECORD_FILE), tag)
}

/** The image that a directory of the cache stands for. */
export async function readImageRecord(directory: string): Promise<string | undefined> {
  return readFile(join(directory, RECORD_FILE), 'utf8').catch(() => undefined)
}
