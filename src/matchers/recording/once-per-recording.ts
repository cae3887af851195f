import type { Recording } from '../../wire/recording/recording.js'

/** What is read of a recording, which never changes, is read once, for all matchers that judge it. */
export function oncePerRecording<Found>(read: (recording: Recording) => Found): (recording: Recording) => Found {
  const known = new WeakMap<Recording, { readonly found: Found }>()
  return (recording) => {
    const before = known.get(recording)
    if (before !== undefined) return before.found
    const found = read(recording)
    known.set(recording, { found })
    return found
  }
}
