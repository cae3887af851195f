import type { CommandExchange } from '../exchange.js'
import { isSetUpCommand } from '../redis/set-up-command.js'
import { withoutPassword } from '../redis/without-password.js'
import { textOfBytes } from '../redis/text-of-bytes.js'
import type { Command } from './recording.js'

/** What a command says, whatever came of it. */
export type Call = Pick<Command, 'name' | 'args' | 'keys' | 'isSetUp'>

type Said = Pick<CommandExchange, 'args' | 'keyPositions'>

const SHORT = 4
const MOST_TEXT = 256
/** Calls that are all different gain nothing. */
const MOST = 65_536

/**
 * Reads calls, and gives the same words for equal ones: a hundred thousand commands are mostly reads of a few thousand keys, and whoever looks at
 * all of them then goes through little memory.
 */
export function createCallReader(): (said: Said) => Call {
  const known = new Map<string, { readonly said: Said; readonly call: Call }>()
  const words = new Map<string, string>()
  /** Of a key that is read, written and deleted there is one text then: a map finds it without comparing it. */
  const share = (text: string): string => {
    const before = words.get(text)
    if (before === undefined && words.size < MOST) words.set(text, text)
    return before ?? text
  }
  return (said) => {
    const { args } = said
    const id = args.length > SHORT ? undefined : args.join('\n')
    if (id === undefined || id.length > MOST_TEXT) return readCall(said, (text) => text)
    const before = known.get(id)
    if (before !== undefined && isSame(before.said, said)) return before.call
    const call = readCall(said, share)
    if (known.size < MOST) known.set(id, { said, call })
    return call
  }
}

function readCall({ args: bytes, keyPositions = [] }: Said, share: (text: string) => string): Call {
  const args = Object.freeze(withoutPassword(bytes).map((word) => share(textOfBytes(word))))
  return {
    name: (args[0] ?? '').toUpperCase(),
    args,
    keys: Object.freeze(keyPositions.flatMap((at) => args[at] ?? [])),
    isSetUp: isSetUpCommand(args),
  }
}

/** Words may have a line's end in them, and where the keys are is not always known. */
function isSame(a: Said, b: Said): boolean {
  return areEqual(a.args, b.args) && areEqual(a.keyPositions, b.keyPositions)
}

function areEqual(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  if (a === b) return true
  return a !== undefined && b !== undefined && a.length === b.length && a.every((one, index) => one === b[index])
}
