import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { formatOwner, readOwner } from '../../primitives/owner.js'
import type { Engine } from './engine.js'

/**
 * Waits for the end of the pipe, which means that we are dead, and becomes the program that removes our containers, but for those that are kept. A
 * shell, because it takes 1 MB where that program takes 60.
 */
const GUARD_SCRIPT = `
kept=
while read -r word container <&3; do
  case $word in
  leave) exit 0 ;;
  keep) kept="$kept $container" ;;
  esac
done
exec "$@" $kept
`

/** What this process has made and not removed. */
let guarded = 0
let pipe: Writable | undefined

/**
 * Has one more container removed should this process die. Where Ryuk runs, that is his work.
 *
 * @returns to be called when the container is gone
 */
export function guardContainer({ reaper }: Engine): () => void {
  if (reaper.isRyuk) return () => {}
  pipe ??= startGuard()
  guarded += 1
  let isGone = false
  return () => {
    if (isGone) return
    isGone = true
    guarded -= 1
    if (guarded > 0) return
    pipe?.end('leave\n')
    pipe = undefined
  }
}

/** From here on nobody of us removes this container. */
export function leaveContainer(id: string): void {
  pipe?.write(`keep ${id}\n`)
}

function startGuard(): Writable {
  const program = fileURLToPath(import.meta.resolve('#container-guard'))
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'hotbed-guard', process.execPath, program, formatOwner(readOwner())], {
    cwd: '/',
    // A session of its own: Ctrl-C in the terminal reaches us first, and we decide.
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const end = guard.stdio[3] as Writable & { readonly unref?: () => void }
  end.on('error', () => {})
  guard.on('error', () => {})
  guard.unref()
  end.unref?.()
  return end
}
