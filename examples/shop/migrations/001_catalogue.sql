-- What a shop's products gather over the years, of which a list shows none.
ALTER TABLE products
  ADD COLUMN description text NOT NULL,
  ADD COLUMN shipping_notes text NOT NULL,
  ADD COLUMN supplier_notes text NOT NULL,
  ADD COLUMN internal_comment text NOT NULL;

-- In the order of the catalogue's pages.
CREATE INDEX products_category_id_idx ON products (category, id);
