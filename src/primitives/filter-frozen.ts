/** `list.filter(has)`, by index: on a frozen array V8's own takes ten times as long, which shows from tens of thousands of elements on. */
export function filterFrozen<Element>(list: readonly Element[], has: (element: Element) => boolean): Element[] {
  const found: Element[] = []
  for (let index = 0; index < list.length; index += 1) {
    const element = list[index] as Element
    if (has(element)) found.push(element)
  }
  return found
}
