/** A URL without what must not be read by others: its password, and parameters that carry one. What is no URL gives none of itself away. */
export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return 'a text that is no URL'
  const url = new URL(text)
  if (url.password !== '') url.password = '***'
  for (const name of new Set(url.searchParams.keys())) if (/passw|secret|token/i.test(name)) url.searchParams.set(name, '***')
  return url.href
}

/** A URL as one types it who is asked for the password then. */
export function withoutPassword(text: string): string {
  return text.replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1@').replace('//@', '//')
}
