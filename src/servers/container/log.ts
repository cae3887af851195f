import { Writable } from 'node:stream'
import type { Engine } from './engine.js'

type DockerContainer = ReturnType<Engine['docker']['getContainer']>

/** What a container writes, read as it comes: the engine forgets it with the container. */
export interface ContainerLog {
  readonly last: (lines?: number) => readonly string[]
  readonly add: (line: string) => void
  /** Settles when nothing more can come: the container has ended, or the engine. */
  readonly ended: Promise<void>
  readonly close: () => void
}

const KEPT_LINES = 400

/** Follows what a container writes from its next start on. Whatever the engine does with logs, which it may keep nowhere. */
export async function followLog(docker: Engine['docker'], container: DockerContainer): Promise<ContainerLog> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true })
  // An idle server must not keep a finished test run alive.
  ;(stream as unknown as { readonly socket?: { readonly unref: () => void } }).socket?.unref()
  const lines: string[] = []
  let rest = ''
  const add = (line: string): void => {
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
  }
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      const parts = (rest + chunk.toString('utf8')).split('\n')
      rest = parts.pop() ?? ''
      parts.forEach(add)
      done()
    },
  })
  docker.modem.demuxStream(stream, sink, sink)
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve())
  })
  return {
    add,
    last: (count = 20) => [...lines, ...(rest === '' ? [] : [rest])].map((line) => line.trimEnd()).slice(-count),
    ended,
    close: () => (stream as unknown as { readonly destroy: () => void }).destroy(),
  }
}
