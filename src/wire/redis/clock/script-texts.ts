import { createHash } from 'node:crypto'
import { ARGUMENT_LIMIT } from '../arguments.js'
import { CR, LF, ZERO } from '../bytes.js'

/** The texts of scripts and functions that came through the tap. Redis itself does not give the text of a script back. */
export interface ScriptTexts {
  /** Looks at a whole request of bulk strings, before the clock is moved too: EVAL, SCRIPT LOAD and FUNCTION LOAD have a text. */
  readonly look: (request: Buffer) => void
  /** The whole text that begins so: arguments are cut. */
  readonly ofBeginning: (beginning: string) => string
  readonly ofDigest: (sha1: string) => string | undefined
  /** Of the library that registers the function. */
  readonly ofFunction: (name: string) => string | undefined
}

/** An application that makes a new text for every call has thousands; the last are kept. */
const KEPT_TEXTS = 500

export function createScriptTexts(): ScriptTexts {
  const scripts = new Set<string>()
  const libraries = new Set<string>()
  /** Filled when it is asked for: hashing is what costs. */
  const digests = new Map<string, string>()

  const keep = (texts: Set<string>, text: string | undefined): void => {
    if (text === undefined || texts.has(text)) return
    texts.add(text)
    if (texts.size <= KEPT_TEXTS) return
    for (const oldest of texts) {
      texts.delete(oldest)
      return
    }
  }
  return {
    look: (request) => {
      const at = nameAt(request)
      const length = (request[at - 3] ?? ZERO) - ZERO
      // Hardly any other command has a name of such a length and letter.
      const letter = (request[at] ?? 0) & 0xdf
      if (!((length === 4 && letter === 69) || (length === 6 && letter === 83) || (length === 8 && letter === 70))) return
      const name = request.toString('latin1', at, at + length).toUpperCase()
      if (name === 'EVAL') keep(scripts, argumentAt(request, 1))
      else if (name !== 'SCRIPT' && name !== 'FUNCTION') return
      else if (argumentAt(request, 1)?.toUpperCase() === 'LOAD') {
        if (name === 'SCRIPT') keep(scripts, argumentAt(request, 2))
        else keep(libraries, argumentAt(request, argumentAt(request, 2)?.toUpperCase() === 'REPLACE' ? 3 : 2))
      }
    },
    ofBeginning: (beginning) =>
      beginning.length < ARGUMENT_LIMIT ? beginning : ([...scripts].findLast((text) => text.startsWith(beginning)) ?? beginning),
    ofDigest: (sha1) => {
      const known = digests.get(sha1)
      if (known !== undefined) return known
      for (const text of scripts) digests.set(createHash('sha1').update(text, 'latin1').digest('hex'), text)
      return digests.get(sha1)
    },
    ofFunction: (name) => [...libraries].findLast((text) => text.includes(name)),
  }
}

/** Where the name begins: behind `*3\r\n$4\r\n`. */
function nameAt(request: Buffer): number {
  if (request[3] === LF && request[6] === CR) return 8
  const header = request[3] === LF ? 3 : request.indexOf(LF)
  return request.indexOf(LF, header + 1) + 1
}

function argumentAt(request: Buffer, position: number): string | undefined {
  let at = request.indexOf(LF) + 1
  for (let passed = 0; at < request.length; passed += 1) {
    let length = 0
    for (at += 1; request[at] !== CR; at += 1) length = length * 10 + (request[at] ?? ZERO) - ZERO
    at += 2
    if (passed === position) return request.toString('latin1', at, at + length)
    at += length + 2
  }
  return undefined
}
