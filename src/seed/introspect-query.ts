/** Everything of the catalogue that a load must know, of all tables that are neither the system's nor an extension's. One row, JSON as text. */
export const INTROSPECT_QUERY = `
with recursive rel as (
  select c.*, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg\\_temp\\_%'
    and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
), att as (
  select a.* from pg_attribute a join rel on rel.oid = a.attrelid where a.attnum > 0 and not a.attisdropped
), used as (
  select atttypid as oid from att
  union
  select next.oid from used join pg_type t on t.oid = used.oid left join pg_range r on r.rngtypid = t.oid
    left join pg_range m on (to_jsonb(m) ->> 'rngmultitypid')::oid = t.oid
    cross join lateral (values (t.typelem), (t.typbasetype), (r.rngsubtype), (m.rngtypid)) next (oid) where next.oid <> 0
), kinds as (
  select t.oid, t.typname, n.nspname, t.typtype, t.typcategory, t.typnotnull, t.typtypmod, t.typdefault,
    coalesce(nullif(t.typbasetype, 0), case when t.typcategory = 'A' then nullif(t.typelem, 0) end, r.rngsubtype, m.rngtypid) as of,
    (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels,
    (select json_agg(pg_get_expr(k.conbin, 0) order by k.conname) from pg_constraint k where k.contypid = t.oid and k.contype = 'c') as checks
  from used join pg_type t on t.oid = used.oid join pg_namespace n on n.oid = t.typnamespace
    left join pg_range r on r.rngtypid = t.oid left join pg_range m on (to_jsonb(m) ->> 'rngmultitypid')::oid = t.oid
), con as (
  select k.*, to_jsonb(k) as facts from pg_constraint k join rel on rel.oid = k.conrelid
), owned as (
  select d.refobjid as oid, d.refobjsubid as attnum, min(d.objid) as sequence from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i') group by 1, 2
)
select json_build_object(
  'version', current_setting('server_version_num')::int,
  'searchPath', (select json_agg(s) from unnest(current_schemas(false)) s),
  'types', (select json_agg(kinds) from kinds),
  'tables', (select json_agg(json_build_object(
    'oid', rel.oid, 'schema', rel.nspname, 'name', rel.relname, 'relkind', rel.relkind, 'isPartition', rel.relispartition,
    'hasRowSecurity', rel.relrowsecurity or rel.relforcerowsecurity,
    'isEmpty', rel.relkind = 'r' and pg_relation_size(rel.oid) = 0,
    'partitionKey', case when rel.relkind = 'p' then pg_get_partkeydef(rel.oid) end,
    'partitions', (select coalesce(json_agg(json_build_object('id', ln.nspname || '.' || l.relname, 'bound', pg_get_expr(l.relpartbound, l.oid)) order by l.oid), '[]')
      from pg_partition_tree(rel.oid) tree join pg_class l on l.oid = tree.relid join pg_namespace ln on ln.oid = l.relnamespace
      where rel.relkind = 'p' and tree.isleaf and l.oid <> rel.oid),
    'columns', (select json_agg(json_build_object(
        'name', att.attname, 'position', att.attnum, 'type', att.atttypid, 'typmod', att.atttypmod, 'isNotNull', att.attnotnull,
        'defaultSql', pg_get_expr(def.adbin, def.adrelid), 'identity', att.attidentity, 'generated', att.attgenerated,
        'collation', case when att.attcollation <> 0 then (select collname from pg_collation where oid = att.attcollation) end,
        'sequence', (select json_build_object('name', owned.sequence::regclass::text, 'start', s.seqstart, 'increment', s.seqincrement)
          from owned join pg_sequence s on s.seqrelid = owned.sequence where owned.oid = att.attrelid and owned.attnum = att.attnum)
      ) order by att.attnum) from att left join pg_attrdef def on def.adrelid = att.attrelid and def.adnum = att.attnum where att.attrelid = rel.oid),
    'indexes', (select coalesce(json_agg(json_build_object(
        'name', i.relname, 'oid', x.indexrelid, 'definition', pg_get_indexdef(x.indexrelid), 'isUnique', x.indisunique, 'isPrimary', x.indisprimary,
        'isValid', x.indisvalid and x.indisready and x.indislive, 'comment', obj_description(x.indexrelid, 'pg_class'),
        'constraint', (select con.conname from con where con.conindid = x.indexrelid and con.conrelid = rel.oid and con.contype in ('p', 'u', 'x')),
        'isSpecial', x.indisclustered or x.indisreplident or i.relispartition or i.reltablespace <> 0
          or exists (select 1 from pg_constraint f where f.conindid = i.oid and f.contype = 'f')
          or exists (select 1 from pg_attribute e where e.attrelid = i.oid and coalesce((to_jsonb(e) ->> 'attstattarget')::int, -1) >= 0),
        'predicate', pg_get_expr(x.indpred, x.indrelid), 'nullsNotDistinct', coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false),
        'columns', (select json_agg(a.attname order by k.n) from unnest(x.indkey) with ordinality k (attnum, n)
          left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum and k.attnum <> 0 where k.n <= x.indnkeyatts)
      ) order by i.relname), '[]') from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = rel.oid),
    'foreignKeys', (select coalesce(json_agg(json_build_object(
        'name', con.conname, 'oid', con.oid, 'comment', obj_description(con.oid, 'pg_constraint'), 'definition', pg_get_constraintdef(con.oid), 'isDeferrable', con.condeferrable, 'matchFull', con.confmatchtype = 'f',
        'isValid', con.convalidated and coalesce((con.facts ->> 'conenforced')::boolean, true), 'parent', pn.nspname || '.' || p.relname,
        'columns', (select json_agg(a.attname order by k.n) from unnest(con.conkey) with ordinality k (attnum, n)
          join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attnum),
        'parentColumns', (select json_agg(a.attname order by k.n) from unnest(con.confkey) with ordinality k (attnum, n)
          join pg_attribute a on a.attrelid = con.confrelid and a.attnum = k.attnum)
      ) order by con.conname), '[]') from con join pg_class p on p.oid = con.confrelid join pg_namespace pn on pn.oid = p.relnamespace
      where con.conrelid = rel.oid and con.contype = 'f' and (con.conparentid = 0 or rel.relispartition)
        -- A foreign key to a partitioned table has one more row per leaf of the parent.
        and not exists (select 1 from con up where up.oid = con.conparentid and up.conrelid = con.conrelid)),
    'checks', (select coalesce(json_agg(json_build_object(
        'name', con.conname, 'definition', pg_get_constraintdef(con.oid), 'expression', pg_get_expr(con.conbin, con.conrelid),
        'columns', (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_attribute a where a.attrelid = con.conrelid and a.attnum = any (con.conkey))
      ) order by con.conname), '[]') from con where con.conrelid = rel.oid and con.contype = 'c' and coalesce((con.facts ->> 'conenforced')::boolean, true)),
    'triggers', (select coalesce(json_agg(json_build_object('name', tg.tgname, 'definition', pg_get_triggerdef(tg.oid), 'enabled', tg.tgenabled)
      order by tg.tgname), '[]') from pg_trigger tg where tg.tgrelid = rel.oid and not tg.tgisinternal)
  ) order by rel.nspname, rel.relname) from rel)
)::text as catalogue`
