/**
 * The elements of an array as PostgreSQL writes it: `{a,"b,c",NULL}`. Elements that are arrays stay as their text. A NULL, which statistics never
 * have, is refused.
 */
export function parseArray(text: string): readonly string[] | undefined {
  const body = /^(?:\[[^=]*\]=)?\{([^]*)\}$/.exec(text.trim())?.[1]
  if (body === undefined) return undefined
  if (body === '') return []
  const elements: string[] = []
  let element = ''
  let quoted = false
  let wasQuoted = false
  const push = (): void => {
    elements.push(element)
    element = ''
    wasQuoted = false
  }
  for (let index = 0; index < body.length; index += 1) {
    const letter = body[index] ?? ''
    if (letter === '\\') {
      index += 1
      element += body[index] ?? ''
    } else if (letter === '"') {
      quoted = !quoted
      wasQuoted = true
    } else if (quoted) element += letter
    else if (letter === ',') {
      if (!wasQuoted && element === 'NULL') return undefined
      push()
    } else if (letter === '{' || letter === '}') return undefined
    else element += letter
  }
  if (quoted || (!wasQuoted && element === 'NULL')) return undefined
  push()
  return elements
}
