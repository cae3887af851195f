import type { ScriptTexts } from './script-texts.js'

const BY_DIGEST: ReadonlySet<string> = new Set(['EVALSHA', 'EVALSHA_RO'])
const BY_TEXT: ReadonlySet<string> = new Set(['EVAL', 'EVAL_RO'])
const BY_FUNCTION: ReadonlySet<string> = new Set(['FCALL', 'FCALL_RO'])

/** Words that stand for the server's time in a call of a script. TIME means something else nearly everywhere but in quotes of its own. */
const IN_TEXT = /["']time["']|\b(?:h?p?expireat|exat|pxat|h?p?expiretime|absttl)\b/gi
const IN_ARGUMENT = /^(?:time|h?p?expireat|exat|pxat|h?p?expiretime|absttl)$/i
/** Seconds or milliseconds of the years 2001 to 2286. */
const MOMENT = /^(?:\d{10}|\d{13})(?:\.\d+)?$/

const IDLE = 'idle times are of the server’s own clock, which did not move'
const SERVER_TIMES: ReadonlyMap<string, string> = new Map([
  ['XAUTOCLAIM', IDLE],
  ['XCLAIM', `${IDLE}; its TIME is translated`],
  ['XPENDING', IDLE],
])

/** Why the tap cannot translate the times in a request, where it cannot. `args` are latin1, the name first. */
export function whyUntranslated(name: string, args: readonly string[], texts: ScriptTexts): string | undefined {
  if (BY_TEXT.has(name)) return whyScript(texts.ofBeginning(args[1] ?? ''), args.slice(2))
  if (BY_DIGEST.has(name)) return whyScript(texts.ofDigest((args[1] ?? '').toLowerCase()), args.slice(2))
  if (BY_FUNCTION.has(name)) return whyScript(texts.ofFunction(args[1] ?? ''), args.slice(2))
  if (name === 'XADD') return isAutoId(args) ? 'the id that the server gives is of its own clock, which did not move' : undefined
  if (name === 'OBJECT') return args[1]?.toUpperCase() === 'IDLETIME' ? IDLE : undefined
  return SERVER_TIMES.get(name)
}

function whyScript(text: string | undefined, args: readonly string[]): string | undefined {
  const words = new Set((text?.match(IN_TEXT) ?? []).map((word) => word.replaceAll(/["']/g, '').toUpperCase()))
  for (const argument of args) if (IN_ARGUMENT.test(argument)) words.add(argument.toUpperCase())
  if (words.size > 0) return `the script uses ${[...words].join(', ')}`
  if (text !== undefined) return undefined
  const moment = args.find((argument) => MOMENT.test(argument))
  return `the tap has not seen its text${moment === undefined ? '' : `, and its argument ${moment} may be a moment`}`
}

/** XADD key [NOMKSTREAM] [KEEPREF …] [MAXLEN | MINID [= | ~] threshold [LIMIT count]] id … */
function isAutoId(args: readonly string[]): boolean {
  for (let at = 2; at < args.length; at += 1) {
    const word = args[at]?.toUpperCase() ?? ''
    if (word === 'MAXLEN' || word === 'MINID') at += args[at + 1] === '=' || args[at + 1] === '~' ? 2 : 1
    else if (word === 'LIMIT') at += 1
    else if (!XADD_FLAGS.has(word)) return word === '*'
  }
  return false
}

const XADD_FLAGS: ReadonlySet<string> = new Set(['NOMKSTREAM', 'KEEPREF', 'DELREF', 'ACKED'])
