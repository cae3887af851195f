import { checkWholeNumber } from '../../../primitives/options.js'
import { createScriptTexts, type ScriptTexts } from './script-texts.js'

/** A command that went to the server as it was, although it has to do with its time. */
export interface UntranslatedCommand {
  /** The name and what tells it from others of that name: `EVALSHA 6b1b…`, `XADD events *`. */
  readonly command: string
  readonly why: string
  /** Of the first of them. */
  readonly connection: number
  readonly times: number
}

/**
 * How far the application's clock is ahead of the server's, for all connections of a suite. The server's clock stays: what is said of moments
 * is translated on the wire.
 */
export interface TapClock {
  /** Milliseconds; 0: nothing is touched. */
  readonly offsetMs: () => number
  readonly setOffset: (offsetMs: number) => void
  readonly texts: ScriptTexts
  readonly note: (entry: Omit<UntranslatedCommand, 'times'>) => void
  /** What went untranslated since the clock was at 0. */
  readonly untranslated: () => readonly UntranslatedCommand[]
}

/** Different ones; an application has far fewer. */
const KEPT = 200

export function createTapClock(): TapClock {
  let offset = 0
  const texts = createScriptTexts()
  const noted = new Map<string, UntranslatedCommand>()
  return {
    offsetMs: () => offset,
    setOffset: (offsetMs) => {
      checkWholeNumber('offsetMs', offsetMs, 0, 'whole milliseconds from 0 on')
      offset = offsetMs
      if (offset === 0) noted.clear()
    },
    texts,
    note: (entry) => {
      const key = `${entry.command}\n${entry.why}`
      const known = noted.get(key)
      if (known === undefined && noted.size >= KEPT) return
      noted.set(key, { ...(known ?? entry), times: (known?.times ?? 0) + 1 })
    },
    untranslated: () => [...noted.values()],
  }
}
