/** The glob of Redis (KEYS, SCAN) as a regular expression: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, and `\` before what shall be taken as it is. */
export function globToRegExp(glob: string): RegExp {
  let source = ''
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at] ?? ''
    if (character === '*') source += source.endsWith('.*') ? '' : '.*'
    else if (character === '?') source += '.'
    else if (character === '\\' && at + 1 < glob.length) {
      at += 1
      source += literal(glob[at] ?? '')
    } else if (character === '[') {
      const end = glob.indexOf(']', at + 1)
      if (end < 0) source += literal('[')
      else {
        source += characterClass(glob.slice(at + 1, end))
        at = end
      }
    } else source += literal(character)
  }
  return new RegExp(`^${source}$`, 's')
}

function characterClass(inner: string): string {
  const negated = inner.startsWith('^')
  const members = inner.slice(negated ? 1 : 0).replaceAll(/[\\\]^[]/g, String.raw`\$&`)
  if (members === '') return negated ? '.' : '(?!)'
  try {
    return new RegExp(`[${negated ? '^' : ''}${members}]`).source
  } catch {
    // A range that runs backwards: Redis turns it round.
    return `[${negated ? '^' : ''}${members.replaceAll(/(.)-(.)/g, (range, from: string, to: string) => (from > to ? `${to}-${from}` : range))}]`
  }
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`)
}
