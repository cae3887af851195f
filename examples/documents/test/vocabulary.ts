const SYLLABLES = 'bcdfglmnprstvz'.split('').flatMap((consonant) => 'aeiou'.split('').map((vowel) => consonant + vowel))

/** How many words there are. */
export const WORDS = 20_000

/** The word of a rank, from 0: the most frequent one first. Three syllables, so that none is a part of another. */
export function wordOf(rank: number): string {
  // A step without a common divisor with the number of words: neighbours by rank do not look alike.
  const number = (rank * 7_919) % WORDS
  return [1, SYLLABLES.length, SYLLABLES.length ** 2].map((place) => SYLLABLES[Math.floor(number / place) % SYLLABLES.length]).join('')
}

/** A rank as texts have it: the word of rank n comes about as often as 1/n. */
export function rankOf(unit: number): number {
  return Math.floor(WORDS ** unit) - 1
}
