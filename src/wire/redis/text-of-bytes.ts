/** Text of latin1 bytes. Those that are no UTF-8 are written `\xff`. */
export function textOfBytes(bytes: string): string {
  // oxlint-disable-next-line no-control-regex -- the bytes of ASCII
  if (/^[\u0000-\u007F]*$/.test(bytes)) return bytes
  const text = Buffer.from(bytes, 'latin1').toString('utf8')
  return text.includes('\uFFFD')
    ? bytes.replaceAll(/[^\u0020-\u007E]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
    : text
}
