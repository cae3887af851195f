/** A message without what differs from run to run. */
export function masked(message: string): string {
  return message
    .replaceAll(/#\d+/g, '#N')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:N')
    .replaceAll(/ *[\d.,]+ ms/g, ' N ms')
    .replaceAll(/\d+ connections?/g, 'N connections')
}
