import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { listImages } from '../../databases/image.js'
import { measureBytes } from '../bytes.js'

export interface CacheFindings {
  readonly path: string
  readonly bytes: number
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
  /** Saved clusters with their templates, the last used first. */
  readonly images: readonly { readonly name: string; readonly bytes: number; readonly usedAt: string }[]
}

export async function surveyCache(path: string): Promise<CacheFindings> {
  const names: readonly string[] = await readdir(path).catch(() => [])
  const parts = await Promise.all(names.toSorted().map(async (name) => ({ name, bytes: await measureBytes(join(path, name)) })))
  const images = await Promise.all(
    (await listImages(path)).map(async (image) => ({
      name: basename(image.path),
      bytes: await measureBytes(image.path),
      usedAt: new Date(image.usedMs).toISOString(),
    })),
  )
  return { path, bytes: parts.reduce((sum, part) => sum + part.bytes, 0), parts, images }
}
