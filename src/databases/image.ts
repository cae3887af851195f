import { readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fingerprint } from '../primitives/fingerprint.js'
import { wallClockDate, wallClockMs } from '../primitives/real-time.js'

/** A stopped cluster in the cache, with the templates it holds. */
export interface Image {
  readonly directory: string
  readonly dataDirectory: string
  /** Fingerprints of its templates. */
  readonly templates: readonly string[]
  readonly bytes: number
}

const FACTS_FILE = 'image.json'
/** Images grow to the size of the data, and each change of a migration makes one. */
const KEPT_IMAGES = 8
const KEPT_MS = 14 * 86_400_000
const REMOVING = '.removing-'
const KEYS_PREFIX = 'keys-'

/** Where the image with exactly these templates belongs. */
export function imageDirectory(cacheDirectory: string, layout: string, templates: readonly string[]): string {
  return join(cacheDirectory, 'images', `${layout}-${fingerprint(templates.toSorted())}`)
}

/** The image that holds the most of `templates`: all of them if there is one, the smallest first. Marks it as used. */
export async function findImage(cacheDirectory: string, layout: string, templates: readonly string[]): Promise<Image | undefined> {
  const wanted = new Set(templates)
  const count = (image: Image): number => image.templates.filter((name) => wanted.has(name)).length
  const images = (await readImages(cacheDirectory, layout)).filter((image) => count(image) > 0)
  const [best] = images.toSorted((a, b) => count(b) - count(a) || a.bytes - b.bytes)
  if (best !== undefined) await utimes(join(best.directory, FACTS_FILE), wallClockDate(), wallClockDate()).catch(() => {})
  return best
}

/** Writes what `findImage` reads, into an image that is being built. */
export async function writeImageFacts(directory: string, templates: readonly string[], bytes: number): Promise<void> {
  await writeFile(imageFacts(directory), JSON.stringify({ templates, bytes }))
}

export function imageData(directory: string): string {
  return join(directory, 'data')
}

/** Where the saved keys of a Redis belong. */
export function keysImageDirectory(cacheDirectory: string, version: string, content: string): string {
  return join(cacheDirectory, 'images', `${KEYS_PREFIX}${version}-${content}`)
}

/** The file whose time says when an image was last used. */
export function imageFacts(directory: string): string {
  return join(directory, FACTS_FILE)
}

/** An image in the cache and when a run last started from it, in milliseconds since 1970. */
export interface ImageUse {
  readonly path: string
  readonly usedMs: number
}

/** All images, the last used first. */
export async function listImages(cacheDirectory: string): Promise<readonly ImageUse[]> {
  const parent = join(cacheDirectory, 'images')
  const used = await Promise.all(
    (await readdir(parent).catch(() => [])).filter(isImageName).map(async (name) => ({
      path: join(parent, name),
      usedMs: (await stat(join(parent, name, FACTS_FILE)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  )
  return used.toSorted((a, b) => b.usedMs - a.usedMs)
}

/** Removes images that were not used for two weeks, and the oldest beyond eight of each store. */
export async function pruneImages(cacheDirectory: string): Promise<void> {
  const parent = join(cacheDirectory, 'images')
  // Of a process that died while it removed them.
  for (const name of await readdir(parent).catch(() => [])) {
    if (name.includes(REMOVING)) await rm(join(parent, name), { recursive: true, force: true })
  }
  let kept = { postgres: 0, redis: 0 }
  for (const { path, usedMs } of await listImages(cacheDirectory)) {
    const store = basename(path).startsWith(KEYS_PREFIX) ? 'redis' : 'postgres'
    if (kept[store] < KEPT_IMAGES && wallClockMs() - usedMs < KEPT_MS) {
      kept = { ...kept, [store]: kept[store] + 1 }
      continue
    }
    // Renamed first: nobody finds it half removed.
    const gone = `${path}${REMOVING}${process.pid}`
    await rename(path, gone).catch(() => {})
    await rm(gone, { recursive: true, force: true })
  }
}

/** Not a lock, and neither half built nor half removed. */
function isImageName(name: string): boolean {
  return /-[0-9a-f]{20}$/.test(name)
}

async function readImages(cacheDirectory: string, layout: string): Promise<readonly Image[]> {
  const parent = join(cacheDirectory, 'images')
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(`${layout}-`) && isImageName(name))
  const images = await Promise.all(names.map((name) => readImage(join(parent, name))))
  return images.filter((image) => image !== undefined)
}

async function readImage(directory: string): Promise<Image | undefined> {
  try {
    const { templates, bytes } = JSON.parse(await readFile(imageFacts(directory), 'utf8')) as { templates: string[]; bytes: number }
    return { directory, dataDirectory: imageData(directory), templates, bytes }
  } catch {
    return undefined
  }
}
