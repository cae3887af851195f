import type { FrameHandler } from '../../../src/wire/frame-reader.js'
import { createClientFrames, createServerFrames } from '../../../src/wire/postgres/frames.js'

/** What a reader handed over: whole frames as `[kind, bytes]`, pieces put together again. */
export interface Collected {
  readonly frames: (readonly [kind: string, bytes: Buffer])[]
  /** Everything, in the order in which it came out. */
  readonly bytes: () => Buffer
  /** The calls, in words. */
  readonly calls: string[]
  readonly read: (chunk: Buffer) => void
}

export function collect(sender: 'client' | 'server', { runs = true } = {}): Collected {
  const frames: (readonly [string, Buffer])[] = []
  const all: Buffer[] = []
  const calls: string[] = []
  let open: Buffer[] = []
  const handler: FrameHandler = {
    frame: (kind, bytes) => {
      calls.push(`frame ${kind} ${bytes.length}`)
      all.push(Buffer.from(bytes))
      frames.push([kind, Buffer.from(bytes)])
    },
    piece: (kind, bytes, index, isLast, totalBytes) => {
      calls.push(`piece ${kind} ${index} of ${totalBytes}: ${bytes.length}${isLast ? ', last' : ''}`)
      all.push(Buffer.from(bytes))
      open.push(Buffer.from(bytes))
      if (!isLast) return
      frames.push([kind, Buffer.concat(open)])
      open = []
    },
  }
  const run: NonNullable<FrameHandler['run']> = (kind, count, bytes) => {
    calls.push(`run ${kind} ${count} ${bytes.length}`)
    all.push(Buffer.from(bytes))
    let at = 0
    for (let left = count; left > 0; left -= 1) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      frames.push([kind, Buffer.from(bytes.subarray(at, end))])
      at = end
    }
  }
  const create = sender === 'client' ? createClientFrames : createServerFrames
  const reader = create(runs ? { ...handler, run } : handler)
  return { frames, calls, bytes: () => Buffer.concat(all), read: reader.read }
}

export function message(kind: string, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(body as string)
  const header = Buffer.alloc(5)
  header.write(kind, 0, 'latin1')
  header.writeUInt32BE(bytes.length + 4, 1)
  return Buffer.concat([header, bytes])
}

/** A packet of the start-up phase. */
export function packet(code: number, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(body as string)
  const header = Buffer.alloc(8)
  header.writeUInt32BE(bytes.length + 8, 0)
  header.writeUInt32BE(code, 4)
  return Buffer.concat([header, bytes])
}

export const STARTUP: Buffer = packet(0x0003_0000, 'user\0ada\0\0')
