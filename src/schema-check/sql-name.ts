/** Words that PostgreSQL takes for something else when they stand alone, as far as people name tables and columns so. */
const RESERVED: ReadonlySet<string> = new Set(
  'all analyse analyze and any array as asc both case cast check collate column constraint create current_date default desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime not null offset on only or order placing primary references returning select session_user some symmetric table then to trailing true union unique user using variadic when where window with'.split(
    ' ',
  ),
)

/** As it may stand in a statement: quoted where PostgreSQL would read something else. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** With its schema, unless that is `public`. */
export function qualifiedName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return schema === 'public' ? sqlName(name) : `${sqlName(schema)}.${sqlName(name)}`
}

/** For people, as matchers take it: `orders` or `shop.orders`. */
export function tableLabel({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return schema === 'public' ? name : `${schema}.${name}`
}
