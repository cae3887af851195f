import { decodeNotice, type NoticeFields } from './messages.js'
import { contextDepth } from './plan-context.js'

export interface PlanMessage {
  /** EXPLAIN's JSON, as auto_explain sent it. */
  readonly json: string
  readonly durationMs: number
  /** 0 for the statement itself, 1 for what a function, trigger or foreign key of it ran, and so on. */
  readonly depth: number
  /**
   * Of a plan that a foreign key ran (a check, a restriction or a cascade): the text of its query, by which such plans are told apart.
   * PostgreSQL does not say which constraint it was; two that refer to one key have the same text.
   */
  readonly constraint: string | undefined
}

/** What makes a plan different from others of its shape, taken out. */
export interface FoldedPlan {
  /** The JSON with a mark in each place that something was taken from. */
  readonly shape: string
  /** In the order of their places, joined by commas; as PostgreSQL wrote them. */
  readonly numbers: string
  /**
   * Texts with a literal in them, such as `"(id = 42)"` or the query parameters: as JSON strings, each followed by a line feed. Without this,
   * every plan that was made for its parameters would have a shape of its own.
   */
  readonly texts: string
}

/** What ri_triggers.c writes. Names in it are always quoted, operators always qualified, as no client would. */
const FOREIGN_KEY = /^(?:SELECT 1 FROM (?:ONLY |\(SELECT )?"|SELECT fk\."|DELETE FROM (?:ONLY )?"|UPDATE (?:ONLY )?").* OPERATOR\(/s
const ROUTINE = 'explain_ExecutorEnd'

/** Gives the plan in a notice of auto_explain, recognised by who sent it; undefined for every other notice. */
export function decodePlanMessage(fields: NoticeFields): PlanMessage | undefined {
  if (fields.get('R') !== ROUTINE || (fields.get('V') ?? fields.get('S')) !== 'INFO') return undefined
  const message = fields.get('M') ?? ''
  const start = message.indexOf('\n') + 1
  // Another log_format: not ours.
  if (start === 0 || message[start] !== '{') return undefined
  const json = message.slice(start)
  const context = fields.get('W')
  const text = context === undefined ? '' : queryText(json)
  const constraint = context !== undefined && FOREIGN_KEY.test(text) ? text : undefined
  return {
    json,
    durationMs: Number(/\d+(?:\.\d+)?/.exec(message.slice(0, start))?.[0] ?? 0),
    depth: contextDepth(context, text, constraint !== undefined),
    constraint,
  }
}

/**
 * Whether a notice that is too large to be had whole is such a plan. Its last field, which says who sent it, has not come yet: here, and only
 * here, it is known by its words.
 */
export function isHeadOfPlan(head: Buffer): boolean {
  const fields = decodeNotice(head, true)
  return fields.get('V') === 'INFO' && /^\S+ \d+(?:\.\d+)? ms {2}\S+\n\{/.test(fields.get('M') ?? '')
}

/** The statement's text that a plan begins with. */
export function queryText(json: string): string {
  const literal = /^\{\s*"Query Text": ("(?:[^"\\]|\\.)*")/s.exec(json)?.[1]
  if (literal === undefined) return ''
  try {
    return String(JSON.parse(literal))
  } catch {
    return ''
  }
}

/** JSON has no such characters: in a string they would be escaped. */
const NUMBER_MARK = '\u0001'
const TEXT_MARK = '\u0002'

/** Takes numbers, and texts with a literal in them, out of EXPLAIN's JSON. `unfoldNumbers` gives it back to the letter. */
export function foldNumbers(json: string): FoldedPlan {
  if (json.includes(NUMBER_MARK) || json.includes(TEXT_MARK)) return { shape: json, numbers: '', texts: '' }
  const shape: string[] = []
  const numbers: string[] = []
  const texts: string[] = []
  let kept = 0
  let at = 0
  while (at < json.length) {
    const code = json.charCodeAt(at)
    if (code === 0x22) {
      const close = json.indexOf('"', at + 1)
      if (close < 0) break
      // A key: no need to look inside.
      if (json.charCodeAt(close + 1) === 0x3a && json.charCodeAt(close - 1) !== 0x5c) {
        at = close + 2
        continue
      }
      const end = stringEnd(json, at)
      if (end < 0) {
        at = ~end
        continue
      }
      shape.push(json.slice(kept, at), TEXT_MARK)
      texts.push(json.slice(at, end))
      kept = at = end
    } else if ((code >= 0x30 && code <= 0x39) || code === 0x2d) {
      let end = at + 1
      while (isOfNumber(json.charCodeAt(end))) end += 1
      shape.push(json.slice(kept, at), NUMBER_MARK)
      numbers.push(json.slice(at, end))
      kept = at = end
    } else at += 1
  }
  shape.push(json.slice(kept))
  // Joined, they are copies: a slice would keep the whole message in memory.
  return { shape: shape.join(''), numbers: numbers.join(), texts: texts.length === 0 ? '' : [...texts, ''].join('\n') }
}

export function unfoldNumbers(shape: string, numbers: string, texts: string): string {
  if (numbers === '' && texts === '') return shape
  const restOfNumbers = numbers.split(',')
  const restOfTexts = texts.split('\n')
  let number = 0
  let text = 0
  // oxlint-disable-next-line no-control-regex -- the marks are control characters
  return shape.replace(/[\u0001\u0002]/g, (mark) =>
    mark === NUMBER_MARK ? (restOfNumbers[number++] ?? '0') : (restOfTexts[text++] ?? '""'),
  )
}

/** Where the string that begins at `from` ends. Negative, as ~end: it is a name, or a text that has no literal in it. */
function stringEnd(json: string, from: number): number {
  let hasLiteral = false
  let isWord = false
  let at = from + 1
  for (; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    if (code === 0x22) break
    if (code === 0x5c && json.charCodeAt(at + 1) !== 0x0a) {
      at += 1
      isWord = false
    } else if (code === 0x0a) return ~at
    else if (code >= 0x30 && code <= 0x39) hasLiteral ||= !isWord
    else {
      // A quote begins a literal; a digit after a letter, `_` or `$` belongs to a name or a parameter.
      if (code === 0x27) hasLiteral = true
      isWord = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a ? true : code === 0x5f || code === 0x24 || code > 0x7f
    }
  }
  const end = Math.min(at + 1, json.length)
  return hasLiteral && at < json.length && json.charCodeAt(end) !== 0x3a ? end : ~end
}

function isOfNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d || code === 0x2b || code === 0x65 || code === 0x45
}
