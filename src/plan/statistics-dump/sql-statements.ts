const COPY_IN = /^\s*COPY\b[^]*\bFROM\s+stdin\b/i

/**
 * The statements of a dump in plain SQL, without comments, the commands of psql, and the rows after COPY. A statement keeps its strings as they are.
 */
export function* sqlStatements(text: string): Generator<string> {
  let statement = ''
  let index = 0
  while (index < text.length) {
    const atLineStart = index === 0 || text[index - 1] === '\n'
    if (atLineStart && text[index] === '\\') {
      index = lineEnd(text, index)
      continue
    }
    const end = quotedEnd(text, index)
    if (end !== undefined) {
      if (!isComment(text, index)) statement += text.slice(index, end)
      index = end
      continue
    }
    const letter = text[index] ?? ''
    index += 1
    if (letter !== ';') {
      statement += letter
      continue
    }
    if (COPY_IN.test(statement)) index = copyEnd(text, index)
    else if (statement.trim() !== '') yield statement.trim()
    statement = ''
  }
  if (statement.trim() !== '') yield statement.trim()
}

/** Where what begins here ends: a comment, a string, a quoted name. `undefined` where nothing of the kind begins. */
function quotedEnd(text: string, index: number): number | undefined {
  const letter = text[index]
  if (letter === "'") return stringEnd(text, index, /(?:^|\W)e$/i.test(text.slice(Math.max(0, index - 2), index)))
  if (letter === '"') return closing(text, index + 1, '"')
  if (letter === '-' && text[index + 1] === '-') return lineEnd(text, index)
  if (letter === '/' && text[index + 1] === '*') return closing(text, index + 2, '*/')
  if (letter !== '$' || /\w/.test(text[index - 1] ?? '')) return undefined
  const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(index, index + 66))?.[0]
  return tag === undefined ? undefined : closing(text, index + tag.length, tag)
}

/** The end of a string; a quote is doubled in it, and in the E form a backslash takes the next letter along. */
export function stringEnd(text: string, start: number, escapes: boolean): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (escapes && text[index] === '\\') index += 1
    else if (text[index] === "'") {
      if (text[index + 1] !== "'") return index + 1
      index += 1
    }
  }
  return text.length
}

function isComment(text: string, index: number): boolean {
  const two = text.slice(index, index + 2)
  return two === '--' || two === '/*'
}

function closing(text: string, from: number, end: string): number {
  const found = text.indexOf(end, from)
  return found < 0 ? text.length : found + end.length
}

function lineEnd(text: string, index: number): number {
  const end = text.indexOf('\n', index)
  return end < 0 ? text.length : end
}

/** Past the line `\.` that ends the rows. */
function copyEnd(text: string, index: number): number {
  const found = text.indexOf('\n\\.', index)
  return found < 0 ? text.length : lineEnd(text, found + 1)
}
