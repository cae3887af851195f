/** Whoever asks while a load of the same key is under way gets its answer. One load per instance: another instance has its own. */
export function createSingleFlight<Value>(): (key: string, load: () => Promise<Value>) => Promise<Value> {
  const flights = new Map<string, Promise<Value>>()
  return (key, load) => {
    const under = flights.get(key)
    if (under !== undefined) return under
    const flight = load().finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
}
