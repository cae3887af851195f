/** Lines of cells, one below the other: the first column and those named in `left` to the left, numbers to the right. */
export function printColumns(lines: readonly (readonly string[])[], left: readonly number[] = []): readonly string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const isLeft = (column: number): boolean => column === 0 || left.includes(column)
  return lines.map((line) =>
    line
      .map((cell, column) => (isLeft(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
