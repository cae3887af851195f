import { expect, test } from 'vitest'
import { triggerCost } from '../../../src/plan/smells/trigger-cost.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn, within } from './find.js'

const SETUP = `
  CREATE TABLE products (id int PRIMARY KEY, price int);
  CREATE TABLE "Prices" (product_id int REFERENCES products, price int);
  INSERT INTO products SELECT i, i FROM generate_series(1, 3000) i;
  INSERT INTO "Prices" SELECT i, i FROM generate_series(1, 3000) i;
  CREATE FUNCTION log_price() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "Prices" VALUES (NEW.id, NEW.price); RETURN NULL; END $$;
  CREATE FUNCTION log_prices() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "Prices" SELECT id, price FROM new_rows; RETURN NULL; END $$;
  CREATE TRIGGER log_price AFTER UPDATE ON products FOR EACH ROW EXECUTE FUNCTION log_price();
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), triggerCost, sql, options)
  const raise = 'UPDATE products SET price = price + 1'

  test('a trigger that is called for each of many rows is found, and not once it is called for all of them', async () => {
    expect(await find(raise)).toMatchInlineSnapshot(`
      [
        "calls the trigger log_price on products 3,000 times, once for each row → One call for all rows: CREATE TRIGGER log_price AFTER … ON products REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT; or spare rows by WHEN (OLD.* IS DISTINCT FROM NEW.*)",
      ]
    `)
    const repaired = `DROP TRIGGER log_price ON products;
      CREATE TRIGGER log_price AFTER UPDATE ON products REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION log_prices()`
    await within(database(), repaired, async () => {
      expect(await find(raise, { insideTransaction: true })).toEqual([])
    })
  })

  test('rows that a WHEN spares are not counted', async () => {
    const repaired = `DROP TRIGGER log_price ON products; CREATE TRIGGER log_price AFTER UPDATE ON products FOR EACH ROW
      WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION log_price()`
    await within(database(), repaired, async () => {
      expect(await find('UPDATE products SET price = price', { insideTransaction: true })).toEqual([])
      expect(await find(raise, { insideTransaction: true })).toHaveLength(1)
    })
  })

  test('a few rows, and the checks of a foreign key, do not smell', async () => {
    expect(await find(`${raise} WHERE id <= 900`)).toEqual([])
    expect(await find('INSERT INTO "Prices" SELECT id, 1 FROM products')).toEqual([])
    expect(await find(raise, { analyze: false })).toEqual([])
  })
})
