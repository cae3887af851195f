/** One line of a context (`W`) that stands for something on the server's stack. */
type Frame = 'statement' | 'procedure' | 'sql-function' | 'other'

const FRAMES: readonly (readonly [RegExp, Frame])[] = [
  [/^(?:SQL (?:statement|expression)|PL\/\S+ (?:expression|assignment)) "/, 'statement'],
  [/^PL\/\S+ (?:function|procedure|anonymous code block)\b/, 'procedure'],
  [/^SQL function "/, 'sql-function'],
  [/^(?:COPY |unnamed portal|portal ")/, 'other'],
]

/**
 * How many executors stand above a plan, by the context of its message: 0 for what the client sent, 1 for what a function, trigger or
 * foreign key of it ran. A function that was called by a simple expression (`RETURN f(1)`) has no executor, hence no plan, of its own.
 *
 * @param text of the plan's own statement; the context repeats it, and nothing in it must be taken for the context's
 * @param isConstraint the statement is a foreign key's: no function ran it
 */
export function contextDepth(context: string | undefined, text: string, isConstraint: boolean): number {
  if (context === undefined || context === '') return 0
  const frames = readFrames(context, text)
  let depth = 0
  frames.forEach((frame, at) => {
    const previous = frames[at - 1]
    if (frame === 'statement' || frame === 'sql-function') depth += 1
    // A loop's query is run without a line of its own.
    else if (frame === 'procedure' && (at === 0 || (at === 1 && isConstraint && previous === 'statement'))) depth += 1
  })
  // A context in words that are not known still says that something ran the statement.
  return Math.max(depth, 1)
}

function readFrames(context: string, text: string): readonly Frame[] {
  const frames: Frame[] = []
  const own = frameOf(context) === 'statement' ? context.indexOf('"') + 1 : 0
  let rest = context
  if (own > 0 && context.startsWith(`${text}"`, own)) {
    frames.push('statement')
    rest = context.slice(own + text.length + 2)
  }
  let isInText = false
  const lines = rest === '' ? [] : rest.split('\n')
  lines.forEach((line, at) => {
    if (!isInText) {
      const frame = frameOf(line)
      if (frame !== undefined) frames.push(frame)
      isInText = frame === 'statement'
    }
    // Statements are not escaped: one ends where a quote is followed by another frame.
    const next = lines[at + 1]
    if (isInText && line.endsWith('"') && (next === undefined || frameOf(next) !== undefined)) isInText = false
  })
  return frames
}

function frameOf(line: string): Frame | undefined {
  return FRAMES.find(([pattern]) => pattern.test(line))?.[1]
}
