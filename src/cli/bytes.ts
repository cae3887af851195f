import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes that `path` and all below it take on the disk. What vanishes meanwhile counts for nothing. */
export async function measureBytes(path: string): Promise<number> {
  const facts = await lstat(path).catch(() => undefined)
  if (facts === undefined) return 0
  const own = facts.blocks * 512
  if (!facts.isDirectory()) return own
  const names = await readdir(path).catch(() => [])
  const below = await Promise.all(names.map((name) => measureBytes(join(path, name))))
  return below.reduce((sum, bytes) => sum + bytes, own)
}

/** For people: `12 kB`, `38.9 MB`, `1.2 GB`, in powers of 1024. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_048_576) return `${Math.ceil(bytes / 1024)} kB`
  return bytes < 1_073_741_824 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${(bytes / 1_073_741_824).toFixed(1)} GB`
}
