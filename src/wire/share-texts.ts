/** Gives the same text for equal ones, so that a hundred thousand of them take the room of one. */
export function createTextSharing(): (text: string) => string {
  const known = new Map<string, string>()
  return (text) => {
    if (text.length > LONGEST) return text
    const shared = known.get(text)
    if (shared !== undefined) return shared
    // Texts that are all different gain nothing.
    if (known.size === MOST) known.clear()
    known.set(text, text)
    return text
  }
}

const LONGEST = 16_384
const MOST = 512
