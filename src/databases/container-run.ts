import { HotbedError } from '../primitives/error.js'
import type { Engine } from '../servers/container/engine.js'

/** @throws {HotbedError} `ERR_HOTBED_ISOLATION` where Ryuk would remove what is to be kept */
export function requireKeepable({ reaper }: Engine): void {
  if (!reaper.isRyuk) return
  throw new HotbedError('ERR_HOTBED_ISOLATION', {
    message: 'A container cannot be kept: Ryuk removes it when this process has ended.',
    remedy: 'Set TESTCONTAINERS_RYUK_DISABLED=true: hotbed then removes its containers itself, and keeps what is kept.',
  })
}
