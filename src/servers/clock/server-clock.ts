import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { buildShim } from './build-shim.js'
import { OFFSET_VARIABLE } from './shim-source.js'

/** The clock of a server process: one that can be moved, or why it cannot. */
export type ServerClock =
  | {
      /** To be added to the environment that the server is started with. */
      readonly environment: Readonly<Record<string, string>>
      /** From now on every process of the server reads a time of day that is so much ahead of the machine's. */
      readonly set: (aheadMs: number) => Promise<void>
    }
  | { readonly why: string }

/** @param directory of the server, where the offset is kept */
export async function createServerClock(directory: string, cacheDirectory: string): Promise<ServerClock> {
  const shim = await buildShim(cacheDirectory)
  if ('why' in shim) return shim
  const path = join(directory, 'clock')
  const set = async (aheadMs: number): Promise<void> => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(aheadMs))
    // Eight bytes at their own alignment are written at once; the file is never cut, which would take the memory away from the servers.
    const file = await open(path, 'r+').catch(() => open(path, 'w', 0o644))
    try {
      await file.write(bytes, 0, bytes.length, 0)
    } finally {
      await file.close()
    }
  }
  await set(0)
  return { environment: { LD_PRELOAD: shim.path, [OFFSET_VARIABLE]: path }, set }
}
