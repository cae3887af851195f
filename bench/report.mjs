/** The middle value. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** How long `work` takes, in milliseconds. */
export async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/**
 * Prints rows of `{ what, value, unit, goal?, met? }` and, as the last line, the figures against their goals.
 * A goal that is missed makes the process end with status 1.
 */
export function report(title, rows) {
  const width = Math.max(...rows.map((row) => row.what.length))
  console.log(`\n${title}\n`)
  for (const { what, value, unit, goal, met } of rows) {
    const figure = typeof value === 'number' ? value.toFixed(value < 10 ? 2 : 1) : value
    const verdict = goal === undefined ? '' : `${goal}  ${met ? 'met' : 'MISSED'}`
    console.log(`  ${what.padEnd(width)}  ${String(figure).padStart(9)} ${(unit ?? '').padEnd(3)}  ${verdict}`)
  }
  const judged = rows.filter((row) => row.goal !== undefined)
  const missed = judged.filter((row) => !row.met)
  console.log(
    `\n${judged.length - missed.length} of ${judged.length} goals met${missed.length === 0 ? '' : `; missed: ${missed.map((row) => `${row.what} (${row.goal})`).join('; ')}`}`,
  )
  if (missed.length > 0) process.exitCode = 1
}
